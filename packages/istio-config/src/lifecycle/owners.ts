/** Whose an object is, before Tinct writes into it: `adopt` asks, and remembers. */
import { isRecord, valueAt } from '@tinct/core';
import { type Edit, jsonPatch, type Operation } from '../foreign/edits.ts';
import { itemsAt, textsAt } from '../manifests/read.ts';

/** Where the one who owned the routes before is written down. */
export const ADOPTED_ANNOTATION = 'tinct.dev/adopted-from';

/** A tool that would undo a change: it belongs into the tool's source. */
export type Tracker = 'Argo CD' | 'Flux' | 'Helm';

const ANNOTATIONS = ['metadata', 'annotations'];

/** By what each tool marks what it keeps in order. */
export function trackerOf(object: unknown): Tracker | undefined {
  const annotations = textsAt(object, ANNOTATIONS);
  const labels = textsAt(object, ['metadata', 'labels']);
  if ('argocd.argoproj.io/tracking-id' in annotations || 'argocd.argoproj.io/instance' in labels)
    return 'Argo CD';
  const flux = /^(kustomize|helm)\.toolkit\.fluxcd\.io\/name$/;
  if (Object.keys(labels).some((key) => flux.test(key))) return 'Flux';
  const isHelm = 'meta.helm.sh/release-name' in annotations;
  return isHelm || labels['app.kubernetes.io/managed-by'] === 'Helm' ? 'Helm' : undefined;
}

/** The managers of a field, as `metadata.managedFields` has them: `kubectl-client-side-apply`, `argocd-controller` … */
export function managersOf(object: unknown, field: readonly string[]): string[] {
  const path = field.map((step) => `f:${step}`);
  const managers = itemsAt(object, ['metadata', 'managedFields']).flatMap(([entry]) => {
    const owns = valueAt(valueAt(entry, ['fieldsV1']), path) !== undefined;
    const manager = valueAt(entry, ['manager']);
    return owns && typeof manager === 'string' ? [manager] : [];
  });
  return [...new Set(managers)];
}

/** Writes down who owned an object before; empty where that stands there already. */
export function adoption(object: unknown, manager: string): Operation[] {
  const annotations = valueAt(object, ANNOTATIONS);
  if (textsAt(object, ANNOTATIONS)[ADOPTED_ANNOTATION] !== undefined) return [];
  const edit: Edit = isRecord(annotations)
    ? { kind: 'set', path: [...ANNOTATIONS, ADOPTED_ANNOTATION], value: manager }
    : { kind: 'set', path: ANNOTATIONS, value: { [ADOPTED_ANNOTATION]: manager } };
  return jsonPatch(object, [edit]);
}

/** Takes the note away again; the map too, where nothing else is in it. */
export function release(object: unknown): Operation[] {
  const annotations = textsAt(object, ANNOTATIONS);
  if (annotations[ADOPTED_ANNOTATION] === undefined) return [];
  const isLast = Object.keys(annotations).length === 1;
  const path = isLast ? ANNOTATIONS : [...ANNOTATIONS, ADOPTED_ANNOTATION];
  return jsonPatch(object, [{ kind: 'remove', path }]);
}
