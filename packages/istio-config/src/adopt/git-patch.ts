/** What adoption would change, for those who keep the object in Git. */
import { isRecord, valueAt } from '@tinct/core';
import type { LiveObject } from '../apply/object.ts';
import { SUBSETS_ANNOTATION } from '../foreign/destination-rule.ts';
import { same } from '../foreign/edits.ts';

/** What differs, as a merge patch that `patches` of a kustomization take: lists are in it as a whole. */
export function gitPatch(before: LiveObject, after: LiveObject): Readonly<Record<string, unknown>> {
  const { apiVersion, kind, metadata } = after;
  const { name, namespace } = metadata;
  const subsets = metadata.annotations?.[SUBSETS_ANNOTATION];
  const annotations =
    subsets === undefined ? {} : { annotations: { [SUBSETS_ANNOTATION]: subsets } };
  const spec = isRecord(after.spec) ? after.spec : {};
  const changed = Object.entries(spec).filter(
    ([key, value]) => !same(valueAt(before.spec, [key]), value),
  );
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, ...annotations },
    spec: Object.fromEntries(changed),
  };
}
