/** Objects that a program keeps as Git has them: what is changed in the cluster, it changes back. */
import type { LiveObject } from './object.ts';

export interface Tracker {
  readonly name: 'Argo CD' | 'Flux' | 'Helm';
  /** By which it was found: a label, an annotation or a field manager. */
  readonly by: string;
}

const MARKS: readonly (readonly [key: string, name: Tracker['name']])[] = [
  ['argocd.argoproj.io/tracking-id', 'Argo CD'],
  ['argocd.argoproj.io/instance', 'Argo CD'],
  ['kustomize.toolkit.fluxcd.io/name', 'Flux'],
  ['helm.toolkit.fluxcd.io/name', 'Flux'],
  ['meta.helm.sh/release-name', 'Helm'],
  ['helm.sh/chart', 'Helm'],
];
const MANAGERS: Readonly<Record<string, Tracker['name']>> = {
  'argocd-controller': 'Argo CD',
  'kustomize-controller': 'Flux',
  'helm-controller': 'Flux',
  helm: 'Helm',
};

/** Who keeps an object, if a program does. */
export function trackerOf({ metadata }: LiveObject): Tracker | undefined {
  const { labels = {}, annotations = {}, managedFields = [] } = metadata;
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
