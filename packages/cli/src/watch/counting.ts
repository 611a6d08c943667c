/** What counters say over a window. Pure. */

/** Seconds since the epoch and value. */
export type Sample = readonly [at: number, value: number];

/** By how much a counter grew. One that goes back began anew: what it has now was counted since. */
export function increaseOf(samples: readonly Sample[]): number {
  let total = 0;
  for (let i = 1; i < samples.length; i += 1) {
    const [before, after] = [samples[i - 1]?.[1] ?? 0, samples[i]?.[1] ?? 0];
    total += after >= before ? after - before : after;
  }
  return total;
}

/** Seconds between the first and the last sample. */
export const spanOf = (samples: readonly Sample[]): number =>
  (samples.at(-1)?.[0] ?? 0) - (samples[0]?.[0] ?? 0);

/** Requests up to an upper bound in seconds, as Prometheus' buckets hold them: summed up. */
export type Bucket = readonly [bound: number, upTo: number];

/**
 * The duration that a share of requests has at most, by linear interpolation within its bucket, as Prometheus'
 * `histogram_quantile` does. Beyond the last bound that bound is the answer. `undefined`: there were none.
 */
export function quantileOf(share: number, buckets: readonly Bucket[]): number | undefined {
  const sorted = buckets.toSorted(([a], [b]) => a - b);
  const total = sorted.at(-1)?.[1] ?? 0;
  if (total <= 0) return undefined;
  const rank = share * total;
  const index = sorted.findIndex(([, upTo]) => upTo >= rank);
  const [bound, upTo] = sorted[index] ?? [Number.POSITIVE_INFINITY, total];
  const [low, before] = sorted[index - 1] ?? [0, 0];
  if (!Number.isFinite(bound)) return low;
  return upTo === before ? bound : low + ((bound - low) * (rank - before)) / (upTo - before);
}
