/** Objects that a program keeps as Git, or another object, has them: what is changed in the cluster, it changes back. */
import type { LiveObject } from './object.ts';

export interface Tracker {
  /** A tool, or the object of a controller: `Canary podinfo`. */
  readonly name: string;
  /** By which it was found: a label, an annotation, a field manager, or `ownerReferences`. */
  readonly by: string;
}

const MARKS: readonly (readonly [key: string, name: string])[] = [
  ['argocd.argoproj.io/tracking-id', 'Argo CD'],
  ['argocd.argoproj.io/instance', 'Argo CD'],
  ['kustomize.toolkit.fluxcd.io/name', 'Flux'],
  ['helm.toolkit.fluxcd.io/name', 'Flux'],
  ['meta.helm.sh/release-name', 'Helm'],
  ['helm.sh/chart', 'Helm'],
];
const MANAGERS: Readonly<Record<string, string>> = {
  'argocd-controller': 'Argo CD',
  'kustomize-controller': 'Flux',
  'helm-controller': 'Flux',
  helm: 'Helm',
};

/** Who keeps an object, if a program does. */
export function trackerOf({ metadata }: LiveObject): Tracker | undefined {
  const { labels = {}, annotations = {}, managedFields = [], ownerReferences = [] } = metadata;
  const controller = ownerReferences.find((one) => one.controller === true);
  if (controller !== undefined)
    return { by: 'ownerReferences', name: `${controller.kind} ${controller.name}` };
  const mark = MARKS.find(([key]) => Object.hasOwn({ ...labels, ...annotations }, key));
  if (mark !== undefined) return { by: mark[0], name: mark[1] };
  if (labels['app.kubernetes.io/managed-by'] === 'Helm')
    return { by: 'app.kubernetes.io/managed-by', name: 'Helm' };
  const manager = managedFields.map((one) => one.manager ?? '').find((one) => MANAGERS[one]);
  const name = manager === undefined ? undefined : MANAGERS[manager];
  return manager === undefined || name === undefined ? undefined : { by: manager, name };
}

/** The field managers of an object, each once: who wrote it. */
export function managersOf({ metadata }: LiveObject): string[] {
  return [...new Set((metadata.managedFields ?? []).flatMap(({ manager }) => manager ?? []))];
}
