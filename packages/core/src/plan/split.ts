/** Moves as few units as possible when the shares of a split change. */
import { BUCKETS } from '../bucket/bucket.ts';
import { TinctError } from '../errors.ts';
import { formatPercent } from '../percent.ts';
import type { Range, SplitPart } from './plan.ts';

/** How many buckets ranges hold. */
export function widthOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from, 0);
}

/** Takes up to `wanted` buckets off the end: those that joined last leave first. */
function takeLast(ranges: readonly Range[], wanted: number): { kept: Range[]; taken: Range[] } {
  const kept = [...ranges];
  const taken: Range[] = [];
  let missing = wanted;
  while (missing > 0 && kept.length > 0) {
    const [from, to] = kept.pop() as Range;
    const cut = Math.max(from, to - missing);
    taken.unshift([cut, to]);
    missing -= to - cut;
    if (cut > from) kept.push([from, cut]);
  }
  return { kept, taken };
}

/** Takes up to `wanted` buckets off the front of a pool, changing the pool. */
function takeFirst(pool: Range[], wanted: number): Range[] {
  const taken: Range[] = [];
  let missing = wanted;
  while (missing > 0 && pool.length > 0) {
    const [from, to] = pool.shift() as Range;
    const cut = Math.min(to, from + missing);
    taken.push([from, cut]);
    missing -= cut - from;
    if (cut < to) pool.unshift([cut, to]);
  }
  return taken;
}

/** The buckets that no part has: they are stable's. */
function unassigned(parts: readonly SplitPart[]): Range[] {
  const used = parts.flatMap(({ ranges }) => ranges).toSorted((a, b) => a[0] - b[0]);
  const free: Range[] = [];
  let next = 0;
  for (const [from, to] of used) {
    if (from > next) free.push([next, from]);
    next = to;
  }
  return next < BUCKETS ? [...free, [next, BUCKETS]] : free;
}

/** Joins each range to the one before it where they touch; the order of joining stays readable. */
function joined(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const [from, to] of ranges) {
    const last = result.at(-1);
    if (last?.[1] === from) result[result.length - 1] = [last[0], to];
    else result.push([from, to]);
  }
  return result;
}

/**
 * The split with new shares (variant → thousandths; variants not named keep theirs).
 *
 * Freed buckets go first to a variant that grows, then to stable; a growing variant takes freed buckets first,
 * then stable's, lowest first. So the share that moves is half the sum of the changes, the least there is.
 * Throws a TinctError when the shares exceed 100 %.
 */
export function reallocate(
  parts: readonly SplitPart[],
  shares: ReadonlyMap<string, number>,
): SplitPart[] {
  const wanted = withNewVariants(parts, shares);
  const total = wanted.reduce((sum, { thousandths }) => sum + thousandths, 0);
  if (total > BUCKETS) {
    throw new TinctError(
      'TINCT_PLAN_SPLIT_RANGES',
      `the shares add up to ${formatPercent(total)} %`,
    );
  }
  const stable = unassigned(parts);
  const freed: Range[] = [];
  const shrunk = wanted.map((part) => {
    const { kept, taken } = takeLast(part.ranges, widthOf(part.ranges) - part.thousandths);
    freed.push(...taken);
    return { ...part, ranges: kept };
  });
  return shrunk.map((part) => {
    const missing = part.thousandths - widthOf(part.ranges);
    const fromFreed = takeFirst(freed, missing);
    const fromStable = takeFirst(stable, missing - widthOf(fromFreed));
    return { ...part, ranges: joined([...part.ranges, ...fromFreed, ...fromStable]) };
  });
}

function withNewVariants(
  parts: readonly SplitPart[],
  shares: ReadonlyMap<string, number>,
): SplitPart[] {
  const known = parts.map((part) => ({
    ...part,
    thousandths: shares.get(part.variant) ?? part.thousandths,
  }));
  const names = new Set(parts.map(({ variant }) => variant));
  const fresh = [...shares].filter(([variant]) => !names.has(variant));
  return [
    ...known,
    ...fresh.map(([variant, thousandths]) => ({ variant, thousandths, ranges: [] })),
  ];
}
