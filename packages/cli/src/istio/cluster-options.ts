/** Which cluster is meant, and how long one waits for it. */
import { duration, text, url } from '../frame/kinds.ts';
import { flag, many, optional, type Values, withDefault } from '../frame/options.ts';
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

/** How a cluster is written to. */
export const writeOptions = {
  'dry-run': flag('Print what would change, and write nothing.'),
  wait: flag('Come back only when the mesh has seen the last stage too, or has had the time to.'),
  settle: withDefault(duration, '2s', {
    value: 'DURATION',
    help: 'How long istiod gets to tell the Envoys, where none is asked.',
  }),
  'envoy-admin': many(url, {
    value: 'URL',
    help: 'The admin port of an Envoy: each stage waits until it has what was written.',
  }),
};

export const adoptOption = flag(
  'Put the releases into routes and rules of others that speak of the same requests, and change nothing else of them.',
);

/** The options of writing, as what writes has them. */
export const writingOf = ({
  settle,
  wait: waits,
  'dry-run': dryRun,
  'envoy-admin': envoys,
}: Values<typeof writeOptions>) => ({
  settle,
  waits,
  dryRun,
  envoys: envoys.map(({ href }) => href),
});
