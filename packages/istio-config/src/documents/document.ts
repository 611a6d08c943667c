/** Kubernetes objects as plain data, in the order in which their keys are written. */

export interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** An object that Tinct writes. */
export interface Document {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** By which `kubectl get -l` finds what is Tinct's own. */
export const OWN_LABELS: Readonly<Record<string, string>> = {
  'app.kubernetes.io/managed-by': 'tinct',
};

/** What Tinct's own objects are called, so that they replace nobody's. */
export const ownName = (name: string): string => `tinct-${name}`;

export function document(
  [apiVersion, kind]: readonly [apiVersion: string, kind: string],
  { name, namespace }: { readonly name: string; readonly namespace: string },
  spec: Document['spec'],
): Document {
  return { apiVersion, kind, metadata: { name, namespace, labels: OWN_LABELS }, spec };
}
