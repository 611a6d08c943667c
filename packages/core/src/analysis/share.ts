/**
 * Where the share of failing requests of one arm lies: a confidence sequence by the beta-binomial mixture (Robbins, Ann. Math.
 * Stat. 1970; Howard, Ramdas, McAuliffe and Sekhon, Annals of Statistics 2021, 3.2). Counts are divided by the design effect.
 */
import { logGamma } from './mismatch.ts';

/** Jeffreys' prior. */
const PRIOR = 0.5;

const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b);

/** The shares that are not excluded at this alpha, at all times at once. */
export function shareInterval(
  hits: number,
  of: number,
  design: number,
  alpha: number,
): readonly [low: number, high: number] {
  if (of === 0) return [0, 1];
  const [x, n] = [hits / design, of / design];
  const mixed = logBeta(x + PRIOR, n - x + PRIOR) - logBeta(PRIOR, PRIOR);
  const isIn = (p: number) => mixed - likelihood(x, n, p) < Math.log(1 / alpha);
  const best = Math.min(1 - 1e-12, Math.max(1e-12, hits / of));
  return [hits === 0 ? 0 : crossing(best, 0, isIn), hits === of ? 1 : crossing(best, 1, isIn)];
}

const likelihood = (x: number, n: number, p: number): number =>
  (x > 0 ? x * Math.log(p) : 0) + (n > x ? (n - x) * Math.log1p(-p) : 0);

/** Between a share that is in and an end that may be out, by bisection. */
function crossing(inside: number, end: number, isIn: (p: number) => boolean): number {
  let [good, bad] = [inside, end];
  for (let i = 0; i < 50; i += 1) {
    const middle = (good + bad) / 2;
    if (isIn(middle)) good = middle;
    else bad = middle;
  }
  return good;
}
