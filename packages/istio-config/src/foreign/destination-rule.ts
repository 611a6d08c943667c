/**
 * Somebody else's DestinationRule: it gets the subsets that it lacks. A subset has no room for a mark, so an annotation
 * says which ones are Tinct's, for which release, and what had to be made around them: `cart=v2 web=v2,v3 +annotations`.
 */
import { type Finding, finding, isRecord, valueAt } from '@tinct/core';
import { fullHost } from '../manifests/hosts.ts';
import { itemsAt, textsAt } from '../manifests/read.ts';
import { compare } from '../order.ts';
import type { Subset } from '../routes/routing.ts';
import { type Edit, edited, same } from './edits.ts';
import type { Insertion } from './insertion.ts';
import { type Change, namespaceOf } from './virtual-service.ts';

export const SUBSETS_ANNOTATION = 'tinct.dev/subsets';

const SUBSETS = ['spec', 'subsets'];
const ANNOTATIONS = ['metadata', 'annotations'];

interface Mark {
  /** Release → the subsets that it needs and that Tinct made. */
  readonly claims: ReadonlyMap<string, readonly string[]>;
  /** What was not there before: `annotations`, `subsets`. */
  readonly made: ReadonlySet<string>;
}

function markOf(object: unknown): Mark {
  const text = textsAt(object, ANNOTATIONS)[SUBSETS_ANNOTATION] ?? '';
  const tokens = text.split(' ').filter((token) => token !== '');
  const claims = tokens.filter((token) => !token.startsWith('+')).map((token) => token.split('='));
  const made = tokens.filter((token) => token.startsWith('+')).map((token) => token.slice(1));
  return {
    claims: new Map(claims.map(([release = '', subsets = '']) => [release, subsets.split(',')])),
    made: new Set(made),
  };
}

function markText({ claims, made }: Mark): string {
  const releases = [...claims].sort(([a], [b]) => compare(a, b));
  return [
    ...releases.map(([release, subsets]) => `${release}=${subsets.join(',')}`),
    ...[...made].sort(compare).map((what) => `+${what}`),
  ].join(' ');
}

const claimed = ({ claims }: Mark): Set<string> => new Set([...claims.values()].flat());

function namesOf(object: unknown): string[] {
  return itemsAt(object, SUBSETS).map(([subset]) => String(valueAt(subset, ['name'])));
}

/** Takes out the subsets that only this release needed. */
export function removeSubsets(object: unknown, release: string): Edit[] {
  return settle(object, release, []);
}

/** Adds the subsets that the release needs and that are not there. */
export function insertSubsets(object: unknown, insertion: Insertion): Change {
  const host = valueAt(object, ['spec', 'host']);
  const full = typeof host === 'string' ? fullHost(host, namespaceOf(object)) : '';
  const moved = insertion.moved.find(({ service }) => service.host === full);
  if (moved === undefined) return { edits: [], findings: [], concerned: false };
  const findings = [...clashes(object, moved.subsets), ...unwritable(object)];
  const edits = findings.length > 0 ? [] : settle(object, insertion.release, moved.subsets);
  return { edits, findings, concerned: true };
}

/** An insertion that takes no subset away: with those that the release has there already, as they are. */
export function keepingSubsets(object: unknown, insertion: Insertion): Insertion {
  const claimed = markOf(object).claims.get(insertion.release) ?? [];
  const kept = itemsAt(object, SUBSETS)
    .map(
      ([subset]): Subset => ({
        name: String(valueAt(subset, ['name'])),
        labels: textsAt(subset, ['labels']),
      }),
    )
    .filter(({ name }) => claimed.includes(name));
  const moved = insertion.moved.map((one) => {
    const names = new Set(one.subsets.map(({ name }) => name));
    return { ...one, subsets: [...one.subsets, ...kept.filter(({ name }) => !names.has(name))] };
  });
  return { ...insertion, moved };
}

/** Leaves a subset of Tinct's to the rule's owner: it stays when the release goes. */
export function disclaimed(object: unknown, release: string, host: string, subset: string): Edit[] {
  const named = valueAt(object, ['spec', 'host']);
  const isMeant = typeof named === 'string' && fullHost(named, namespaceOf(object)) === host;
  const mark = markOf(object);
  if (!isMeant || mark.claims.get(release)?.includes(subset) !== true) return [];
  const claims = [...mark.claims].flatMap(([name, subsets]) => {
    const left = subsets.filter((one) => one !== subset);
    return left.length === 0 ? [] : [[name, left] as const];
  });
  // The list is theirs too now, although they had none.
  const made = new Set([...mark.made].filter((what) => what !== 'subsets'));
  return annotationEdits(object, { claims: new Map(claims), made });
}

/** A subset of theirs that has the name and other labels. */
function clashes(object: unknown, wanted: readonly Subset[]): Finding[] {
  const own = claimed(markOf(object));
  return itemsAt(object, SUBSETS).flatMap(([subset, path]) => {
    const name = String(valueAt(subset, ['name']));
    const ours = wanted.find((one) => one.name === name);
    if (ours === undefined || own.has(name)) return [];
    const labels = textsAt(subset, ['labels']);
    if (same(labels, ours.labels)) return [];
    const message = `the subset \`${name}\` has other labels than in the plan`;
    const hint = `write \`${JSON.stringify(labels)}\` into the plan, or call the variant otherwise`;
    return [finding('TINCT_ISTIO_SUBSET_THEIRS', message, path, hint)];
  });
}

function unwritable(object: unknown): Finding[] {
  const annotations = valueAt(object, ANNOTATIONS);
  if (annotations === undefined || isRecord(annotations)) return [];
  return [finding('TINCT_ISTIO_EDIT', '`annotations` is there and holds no map', ANNOTATIONS)];
}

function settle(object: unknown, release: string, wanted: readonly Subset[]): Edit[] {
  const before = markOf(object);
  const own = claimed(before);
  const there = namesOf(object);
  const needed = wanted.filter(({ name }) => own.has(name) || !there.includes(name));
  const claims = new Map(before.claims);
  claims.delete(release);
  if (needed.length > 0) claims.set(release, needed.map(({ name }) => name).sort(compare));
  const kept = claimed({ ...before, claims });
  const gone = there.flatMap((name, i) => (own.has(name) && !kept.has(name) ? [i] : []));
  const missing = needed.filter(({ name }) => !there.includes(name));
  const list = listEdits(object, before, gone, missing);
  const after = edited(object, list.edits);
  const labels = needed.flatMap((one) => labelEdits(after, one));
  const made = new Set([...before.made, ...list.made]);
  return [...list.edits, ...labels, ...annotationEdits(object, { claims, made })];
}

function listEdits(
  object: unknown,
  { made }: Mark,
  gone: readonly number[],
  missing: readonly Subset[],
): { readonly edits: Edit[]; readonly made: readonly string[] } {
  const values = missing.map(({ name, labels }) => ({ name, labels }));
  if (!Array.isArray(valueAt(object, SUBSETS)))
    return values.length === 0
      ? { edits: [], made: [] }
      : { edits: [{ kind: 'set', path: SUBSETS, value: values }], made: ['subsets'] };
  const left = namesOf(object).length - gone.length + missing.length;
  if (left === 0 && gone.length > 0 && made.has('subsets'))
    return { edits: [{ kind: 'remove', path: SUBSETS }], made: [] };
  const removals = gone.toReversed().map((i): Edit => ({ kind: 'remove', path: [...SUBSETS, i] }));
  const insertion: Edit[] =
    values.length === 0 ? [] : [{ kind: 'insert', path: SUBSETS, index: 0, values }];
  return { edits: [...removals, ...insertion], made: [] };
}

/** The plan gives a subset of Tinct's other labels than before. */
function labelEdits(object: unknown, { name, labels }: Subset): Edit[] {
  const path = [...SUBSETS, namesOf(object).indexOf(name), 'labels'];
  return same(valueAt(object, path), labels) ? [] : [{ kind: 'set', path, value: labels }];
}

function annotationEdits(object: unknown, mark: Mark): Edit[] {
  const path = [...ANNOTATIONS, SUBSETS_ANNOTATION];
  const before = valueAt(object, path);
  if (mark.claims.size === 0) return before === undefined ? [] : removal(object, mark);
  const isNew = valueAt(object, ANNOTATIONS) === undefined;
  const made = isNew ? new Set([...mark.made, 'annotations']) : mark.made;
  const text = markText({ ...mark, made });
  if (before === text) return [];
  if (!isNew) return [{ kind: 'set', path, value: text }];
  return [{ kind: 'set', path: ANNOTATIONS, value: { [SUBSETS_ANNOTATION]: text } }];
}

function removal(object: unknown, { made }: Mark): Edit[] {
  const others = Object.keys((valueAt(object, ANNOTATIONS) ?? {}) as object).length - 1;
  const path =
    others === 0 && made.has('annotations') ? ANNOTATIONS : [...ANNOTATIONS, SUBSETS_ANNOTATION];
  return [{ kind: 'remove', path }];
}
