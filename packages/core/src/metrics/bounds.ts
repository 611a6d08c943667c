/** Upper bounds of histograms: the preferred numbers R10 and R5 of ISO 3. */

const R10 = [1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8];
const DECADES = [0.001, 0.01, 0.1, 1, 10];

const from5msTo10s = (steps: readonly number[]): readonly number[] =>
  DECADES.flatMap((decade) => steps.map((step) => Number((step * decade).toPrecision(3)))).filter(
    (bound) => bound >= 0.005 && bound <= 10,
  );

/** Upper bounds in seconds: ten a decade, from 5 ms to 10 s. A quantile is read to 26 % of itself at worst. */
export const DURATION_BOUNDS: readonly number[] = from5msTo10s(R10);

/** Five a decade, from 6.3 ms to 10 s, where the shape matters less. */
export const COARSE_BOUNDS: readonly number[] = from5msTo10s(R10.filter((_, i) => i % 2 === 0));

/** The bucket that a value falls into: the first whose bound is not below it; `bounds.length` if there is none. */
export function bucketIndex(bounds: readonly number[], value: number): number {
  let [low, high] = [0, bounds.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value <= (bounds[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}
