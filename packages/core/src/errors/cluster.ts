/** Routes in a cluster. */
import { type ErrorEntry, error } from './entry.ts';

export const CLUSTER = {
  TINCT_KUBE_CONFIG: error(
    'A kubeconfig that leads nowhere',
    'It is missing, cannot be read, names no such context, or its way of proving who asks failed.',
    'Try `kubectl --kubeconfig FILE --context NAME version` yourself.',
  ),
  TINCT_KUBE_UNREACHABLE: error(
    'The API server does not answer',
    'Nobody listens there, its certificate is not trusted, it took too long, or it is overloaded.',
    'Check the server in the kubeconfig and the way to it; then run the command again: what was written already stays as it is, and is not written twice.',
  ),
  TINCT_KUBE_UNAUTHORIZED: error(
    'The API server does not know who asks',
    'The token or certificate has expired, or is of another cluster.',
    'Log in again, or choose another context.',
  ),
  TINCT_KUBE_FORBIDDEN: error(
    'A right is missing',
    'The Role of whoever asks lacks a verb for a resource.',
    'Add the rule that the hint names.',
  ),
  TINCT_KUBE_KIND_MISSING: error(
    'A kind that the cluster does not know',
    "Istio's or the Gateway API's definitions (CRDs) are not installed, or are too old for this version of them.",
    "Install them: Istio's with istiod 1.24 or newer, the Gateway API's standard channel from 1.2 on.",
  ),
  TINCT_KUBE_REFUSED: error(
    'The API server refuses an object',
    'A webhook or its own rules find it wrong, or its namespace is missing.',
    'Do what its message says.',
  ),
  TINCT_KUBE_CONFLICT: error(
    'A field that belongs to somebody else',
    'Another field manager wrote it last with another value. Tinct takes no field from its owner: the two would change it back and forth.',
    'Undo it there, or delete the object and apply again.',
  ),
  TINCT_KUBE_CHANGED: error(
    'An object changed meanwhile',
    'Somebody else wrote it between reading and writing; their change would have been lost.',
    'Run the command again.',
  ),
  TINCT_KUBE_LEASE: error(
    'Another run is at work',
    'Two runs for one plan would undo each other in the middle.',
    'Wait until it has ended.',
  ),
  TINCT_KUBE_TRACKED: error(
    'An object that a program keeps as it is elsewhere',
    'Argo CD, Flux, Helm or a controller would change back what is changed in the cluster, sooner or later in the middle of a release.',
    'Edit it in Git, or wherever the program takes it from; stdout has the patch.',
  ),
  TINCT_KUBE_FOREIGN: error(
    "An object that is not Tinct's own",
    'It has the name of one that Tinct would write, or speaks of the same requests: which of two routes or rules for one host wins depends on their age and place.',
    'Say `--adopt`, so that the releases are put into the other object; or remove it.',
  ),
  TINCT_ENVOY_ADMIN: error(
    "An Envoy's admin port does not answer",
    'It listens inside its pod alone, and `--envoy-admin` needs a way to it.',
    'Forward it: `kubectl port-forward -n istio-system deploy/istio-ingressgateway 15000`, and say `--envoy-admin http://127.0.0.1:15000`.',
  ),
  TINCT_ENVOY_UNSEEN: error(
    'An Envoy does not take what was written',
    'istiod does not send it, or the Envoy refused it: one bad object keeps back all routes of a port. What was written stays; later stages were not.',
    'Look for rejections in the log of istiod, run `tinct istio lint` over all manifests, or name another Envoy if this one does not serve these hosts; then run the command again.',
  ),
} as const satisfies Record<string, ErrorEntry>;
