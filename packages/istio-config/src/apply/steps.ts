/**
 * In which order objects are written: what routes lead to is there before they name it, and goes only when no route
 * names it any more. Between the stages whoever writes waits until the mesh has seen the one before.
 */
import { isRecord, valueAt } from '@tinct/core';
import type { Document } from '../documents/document.ts';
import { type LiveObject, type Ref, refKey, refOf, refText } from './object.ts';
import { type OwnObject, PLAN_LABEL } from './owned.ts';

export type Stage = 'targets' | 'routes' | 'leftovers';

/** In their order. */
export const STAGES: readonly Stage[] = ['targets', 'routes', 'leftovers'];

export type Step<T extends Document = OwnObject> =
  | { readonly stage: Stage; readonly kind: 'apply'; readonly object: T }
  | { readonly stage: Stage; readonly kind: 'delete'; readonly object: LiveObject };

/** Kinds that routes lead to. */
const TARGETS = new Set(['DestinationRule', 'Service', 'Gateway']);
const SUBSETS = ['spec', 'subsets'];

const isTarget = ({ kind }: { readonly kind: string }): boolean => TARGETS.has(kind);

/** What the plan wants, and what of the plan's own is there. A step that would change nothing may be among them. */
export function stepsOf<T extends Document = OwnObject>(
  wanted: readonly T[],
  live: readonly LiveObject[],
): Step<T>[] {
  const there = new Map(live.map((object) => [refKey(refOf(object)), object]));
  const named = new Set(wanted.map((object) => refKey(refOf(object))));
  const gone = live.filter((object) => !named.has(refKey(refOf(object))));
  const targets = wanted.filter(isTarget);
  const widened = targets.map((object) => widen(object, there.get(refKey(refOf(object)))));
  return [
    ...widened.map((object) => applying('targets', object)),
    ...wanted.filter((object) => !isTarget(object)).map((object) => applying('routes', object)),
    ...gone.filter((object) => !isTarget(object)).map((object) => deleting('routes', object)),
    ...targets
      .filter((object, i) => object !== widened[i])
      .map((object) => applying('leftovers', object)),
    ...gone.filter(isTarget).map((object) => deleting('leftovers', object)),
  ];
}

function applying<T extends Document>(stage: Stage, object: T): Step<T> {
  return { stage, kind: 'apply', object };
}

function deleting(stage: Stage, object: LiveObject): Step<never> {
  return { stage, kind: 'delete', object };
}

/** With the subsets that routes may still name beside those of the plan. The same object where there are none. */
function widen<T extends Document>(object: T, live: LiveObject | undefined): T {
  const [now, next] = [valueAt(live, SUBSETS), valueAt(object, SUBSETS)];
  if (!Array.isArray(now) || !Array.isArray(next)) return object;
  const names = new Set(next.map((subset) => valueAt(subset, ['name'])));
  const kept = now.filter((subset) => isRecord(subset) && !names.has(subset['name']));
  if (kept.length === 0) return object;
  return { ...object, spec: { ...object.spec, subsets: [...next, ...kept] } };
}

/** An object of a wanted one's name that belongs to somebody else; what is to be said of it. */
export function takenBy(
  live: LiveObject,
  owner: string | undefined,
  plan: string,
): string | undefined {
  const name = refText(refOf(live) as Ref);
  if (owner === undefined) return `${name} is there already and is not Tinct's`;
  if (owner !== '' && owner !== plan) return `${name} belongs to the plan \`${owner}\``;
  return undefined;
}

/** Whether an object of Tinct's own says which plan it is of; `kubectl apply` of generated documents leaves none. */
export const isMarked = ({ metadata }: LiveObject): boolean =>
  metadata.labels?.[PLAN_LABEL] !== undefined;
