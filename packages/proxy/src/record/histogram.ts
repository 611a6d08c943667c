/** Durations in buckets that grow by a tenth each: a quantile is right to 5 %, and recording allocates nothing. */

const FIRST_MS = 0.05;
const GROWTH = 1.1;
/** 0.05 ms … 13 minutes; what is longer counts into the last. */
export const BUCKETS = 172;
const LOG_GROWTH = Math.log(GROWTH);

/** `ms`: milliseconds. */
export const bucketOf = (ms: number): number =>
  ms <= FIRST_MS ? 0 : Math.min(BUCKETS - 1, Math.ceil(Math.log(ms / FIRST_MS) / LOG_GROWTH));

/** The middle of a bucket. */
const durationOf = (bucket: number): number => (FIRST_MS * GROWTH ** bucket) / Math.sqrt(GROWTH);

/** The duration that this share of all has at most, in milliseconds; `undefined` when there is none. `counts`: of {@link BUCKETS}. */
export function quantileOf(counts: Float64Array, share: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  const rank = Math.max(1, Math.ceil(share * total));
  let seen = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    seen += counts[bucket] ?? 0;
    if (seen >= rank) return durationOf(bucket);
  }
  return durationOf(BUCKETS - 1);
}
