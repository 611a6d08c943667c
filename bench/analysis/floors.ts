/** How soon any test could know: minutes to gather ln(1/alpha) of information, for one that knows the ratio beforehand. */
import { REQUESTS_A_MINUTE } from './world.ts';

/** Mean minutes (Wald's identity, 1945) until errors that are `ratio` times control's stand against “at most `tolerance` times”. */
export function floorMinutes(ratio: number, tolerance: number, share = 0.05, base = 0.005): number {
  const odds = share / (1 - share);
  const of = (rho: number): number => (rho * odds) / (1 + rho * odds);
  const [truth, bound] = [of(ratio), of(tolerance)];
  const perEvent =
    truth * Math.log(truth / bound) + (1 - truth) * Math.log((1 - truth) / (1 - bound));
  const events = REQUESTS_A_MINUTE * base * (1 - share + ratio * share);
  return Math.log(20) / (events * perEvent);
}
