/** Whose an object was, before Tinct wrote into it: a note in the object itself. */
import { isRecord, valueAt } from '@tinct/core';
import { type Edit, jsonPatch, type Operation } from '../foreign/edits.ts';
import { textsAt } from '../manifests/read.ts';

/** Where the one who owned the routes before is written down. */
export const ADOPTED_ANNOTATION = 'tinct.dev/adopted-from';

const ANNOTATIONS = ['metadata', 'annotations'];

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
