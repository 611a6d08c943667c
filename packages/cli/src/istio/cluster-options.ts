/** Which cluster is meant, and how long one waits for it. */
import { duration, text } from '../frame/kinds.ts';
import { optional, withDefault } from '../frame/options.ts';
import { namespaceOption } from '../plan/options.ts';

export const clusterOptions = {
  kubeconfig: optional(text('the path of a file'), {
    value: 'FILE',
    fallback: '$KUBECONFIG, ~/.kube/config, or the pod’s own account',
    help: 'How the cluster is reached.',
  }),
  context: optional(text('the name of a context'), {
    value: 'NAME',
    fallback: 'the current one',
    help: 'The context of the kubeconfig.',
  }),
  namespace: {
    ...namespaceOption,
    fallback: 'what the plan says',
    help: 'Where services lie whose hosts name no namespace, if the plan does not say it.',
  },
};

export const settleOption = withDefault(duration, '2s', {
  value: 'DURATION',
  help: 'How long istiod gets to tell the Envoys, where nothing says that it has.',
});
