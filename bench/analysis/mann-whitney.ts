/**
 * Mann and Whitney's test with Hodges and Lehmann's estimate of the shift, as Kayenta's judge uses it: the canary is “High” when
 * the lower 98 % confidence bound of the shift exceeds a quarter of its estimate.
 */

/** Of the standard normal distribution, two-sided 98 %. */
const Z = 2.3263478740408408;
const TOLERANCE = 0.25;

export function shiftAbove(canary: readonly number[], control: readonly number[]): boolean {
  const [m, n] = [canary.length, control.length];
  const differences = new Float64Array(m * n);
  canary.forEach((a, i) => {
    control.forEach((b, j) => {
      differences[i * n + j] = a - b;
    });
  });
  differences.sort();
  const half = Z * Math.sqrt((m * n * (m + n + 1)) / 12);
  const low = differences[Math.max(0, Math.floor((m * n) / 2 - half))] ?? 0;
  const estimate = differences[Math.floor((m * n) / 2)] ?? 0;
  return low > Math.max(0, TOLERANCE * estimate);
}
