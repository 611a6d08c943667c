/** Intervals for tests, and seeded chance. */
import { type ArmCounts, type Interval, NO_SLICES, type Stratum } from '../../src/index.ts';

export const arm = (counts: Partial<ArmCounts> = {}): ArmCounts => ({
  requests: 0,
  errors: 0,
  refusals: 0,
  affected: 0,
  timed: 0,
  slower: [],
  ...counts,
});

export const stratum = (
  canary: Partial<ArmCounts>,
  control: Partial<ArmCounts>,
  share: number | undefined = 0.05,
): Stratum => ({ canary: arm(canary), control: arm(control), share });

/** `slices`: control's errors in each. */
export const interval = (
  at: number,
  strata: readonly Stratum[],
  slices: readonly number[] = [],
  more: Partial<Interval> = {},
): Interval => ({
  at,
  strata,
  slices: { ...NO_SLICES, errors: slices },
  units: { canary: 0, control: 0 },
  assigned: [],
  lives: 1,
  ...more,
});

/** xorshift32 by George Marsaglia (2003), from 0 up to 1. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** How many of `n` happen, each with probability `p`. */
export function binomial(next: () => number, n: number, p: number): number {
  let hits = 0;
  for (let i = 0; i < n; i += 1) if (next() < p) hits += 1;
  return hits;
}

/** The probabilities of 0 … n. */
export function binomialWeights(n: number, p: number): number[] {
  const weights = [(1 - p) ** n];
  for (let x = 1; x <= n; x += 1)
    weights.push((((weights[x - 1] ?? 0) * (n - x + 1)) / x) * (p / (1 - p)));
  return weights;
}
