/** What an object of somebody else's says of Tinct: for which plans and releases it was written into, and whose it was before. */
import { isRecord, valueAt } from '@tinct/core';
import type { Edit } from '../foreign/edits.ts';
import { textsAt } from '../manifests/read.ts';
import { inOrder } from '../order.ts';
import { isOwner, type Owner } from './owners.ts';

/** Who owned the list before Tinct wrote into it: JSON, one manager or several. */
export const ADOPTED_ANNOTATION = 'tinct.dev/adopted-from';
/** Which releases of which plans are in it: `shop=cart,web other=help`. */
export const ADOPTED_FOR_ANNOTATION = 'tinct.dev/adopted-for';

const ANNOTATIONS = ['metadata', 'annotations'];

/** Plan → its releases that were put into an object. */
export type AdoptedFor = Readonly<Record<string, readonly string[]>>;

export function adoptedFor(object: unknown): AdoptedFor {
  const text = textsAt(object, ANNOTATIONS)[ADOPTED_FOR_ANNOTATION] ?? '';
  const tokens = text.split(' ').filter((token) => token.includes('='));
  return Object.fromEntries(
    tokens.map((token) => {
      const [plan = '', releases = ''] = token.split('=');
      return [plan, releases.split(',').filter((one) => one !== '')];
    }),
  );
}

/** Who owned it; undefined where Tinct never wrote into it. What nobody can read names nobody. */
export function adoptedFrom(object: unknown): readonly Owner[] | undefined {
  const text = textsAt(object, ANNOTATIONS)[ADOPTED_ANNOTATION];
  if (text === undefined) return undefined;
  try {
    const owners: unknown = JSON.parse(text);
    return Array.isArray(owners) ? owners.filter(isOwner) : [];
  } catch {
    return [];
  }
}

/** Writes down for what Tinct wrote into an object, and, the first time, whose it was. */
export function noted(object: unknown, all: AdoptedFor, owners: readonly Owner[]): Edit[] {
  const plans = inOrder(all).filter(([, releases]) => releases.length > 0);
  const text = plans.map(([plan, releases]) => `${plan}=${[...releases].sort().join(',')}`);
  if (plans.length === 0) return forgotten(object, [ADOPTED_FOR_ANNOTATION]);
  const there = textsAt(object, ANNOTATIONS);
  const isFirst = there[ADOPTED_ANNOTATION] === undefined;
  const notes = {
    [ADOPTED_FOR_ANNOTATION]: text.join(' '),
    ...(isFirst ? { [ADOPTED_ANNOTATION]: JSON.stringify(owners) } : {}),
  };
  if (!isRecord(valueAt(object, ANNOTATIONS)))
    return [{ kind: 'set', path: ANNOTATIONS, value: notes }];
  return Object.entries(notes)
    .filter(([key, value]) => there[key] !== value)
    .map(([key, value]): Edit => ({ kind: 'set', path: [...ANNOTATIONS, key], value }));
}

/** Takes notes away; the map too, where nothing else is in it. */
export function forgotten(object: unknown, keys: readonly string[]): Edit[] {
  const there = Object.keys(textsAt(object, ANNOTATIONS));
  const gone = there.filter((key) => keys.includes(key));
  if (gone.length > 0 && gone.length === there.length)
    return [{ kind: 'remove', path: ANNOTATIONS }];
  return gone.map((key): Edit => ({ kind: 'remove', path: [...ANNOTATIONS, key] }));
}
