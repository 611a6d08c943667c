/** How far a mean of ratios may be off. */

/** Where a ratio lies with 95 % confidence. One ratio alone says nothing: from 0 to infinity. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Student's t at 97.5 %, for 1, 2, 3 … degrees of freedom: any table of it. From 30 on it is near 2.04 and falls to 1.96. */
const T = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228],
  ...[2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086],
  ...[2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045],
];
const T_MANY = 2.042;

/** Of ratios, each of a pair of processes of its own: their geometric mean, and Student's interval of their logarithms. */
export function intervalOf(ratios: readonly number[]): Interval {
  const logs = ratios.map(Math.log);
  const mean = sum(logs) / logs.length;
  const freedom = logs.length - 1;
  if (freedom < 1) return { mean: Math.exp(mean), low: 0, high: Number.POSITIVE_INFINITY };
  const variance = sum(logs.map((log) => (log - mean) ** 2)) / freedom;
  const off = (T[freedom - 1] ?? T_MANY) * Math.sqrt(variance / logs.length);
  return { mean: Math.exp(mean), low: Math.exp(mean - off), high: Math.exp(mean + off) };
}

const sum = (of: readonly number[]): number => of.reduce((total, one) => total + one, 0);
