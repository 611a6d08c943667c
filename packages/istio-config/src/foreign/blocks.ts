/** A list of routes with what Tinct put in front of each, and behind all of them: what has to change so that it is there, or is gone. */
import type { Path } from '../manifests/manifest.ts';
import { type Edit, same } from './edits.ts';

export interface Blocks {
  readonly path: Path;
  readonly items: readonly unknown[];
  readonly release: string;
  /** The release that put an item there; none for everyone else's. */
  readonly ownerOf: (item: unknown) => string | undefined;
  /** What belongs in front of somebody else's item. */
  readonly wanted: (item: unknown, index: number) => readonly unknown[];
  /** What belongs behind all items; nothing by default. */
  readonly tail?: readonly unknown[];
  /** Whether that comes before what other releases put there. */
  readonly isFirst: boolean;
}

/** From the last item to the first, so that an edit moves nothing that a later one speaks of. */
export function blockEdits(blocks: Blocks): Edit[] {
  const { items, ownerOf } = blocks;
  const edits: Edit[] = [];
  let end = items.length;
  for (let i = items.length; i >= 0; i--) {
    const isStart = i === 0 || ownerOf(items[i - 1]) === undefined;
    if (!isStart) continue;
    // Tinct's own from `i` on, in front of the item at `end`, or behind the last one.
    edits.push(...blockEdit(blocks, i, end));
    end = i - 1;
  }
  return edits;
}

function blockEdit(blocks: Blocks, start: number, end: number): Edit[] {
  const { path, items, release, ownerOf, wanted, isFirst, tail = [] } = blocks;
  const values = end < items.length ? wanted(items[end], end) : tail;
  const there = items
    .slice(start, end)
    .flatMap((item, i) => (ownerOf(item) === release ? [start + i] : []));
  if (
    same(
      there.map((i) => items[i]),
      values,
    )
  )
    return [];
  const index = there[0] ?? (isFirst ? start : end);
  const removals = there.toReversed().map((i): Edit => ({ kind: 'remove', path: [...path, i] }));
  return values.length === 0 ? removals : [...removals, { kind: 'insert', path, index, values }];
}
