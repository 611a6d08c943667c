/** Which boundaries latency is judged by: chosen from control alone, before anything is compared at them. */

import { shareInterval } from './share.ts';

/** Requests of control that the choice is made from. */
export const ENOUGH_REQUESTS = 1000;
const RAREST = 0.003;
const MOST_COMMON = 0.5;

/**
 * Places in the list of those boundaries that control exceeds in 0.3 to 50 % of its requests; where there is none, the first that it
 * hardly ever exceeds. `undefined`: too few requests.
 */
export function chooseBoundaries(timed: number, slower: readonly number[]): number[] | undefined {
  if (timed < ENOUGH_REQUESTS) return undefined;
  const telling = slower.flatMap((count, i) =>
    count >= RAREST * timed && count <= MOST_COMMON * timed ? [i] : [],
  );
  const quiet = slower.findIndex((count) => count < RAREST * timed);
  return telling.length > 0 || quiet < 0 ? telling : [quiet];
}

/** So few requests of the canary are slower than what control hardly ever exceeds that no ratio matters. */
const FEW = 0.01;

/**
 * Whether there is no ratio to speak of: control exceeds the boundary in less than 0.3 % of its requests, and the canary in less than 1 %,
 * for sure.
 */
export function isHardlyEver(
  canary: readonly [slower: number, timed: number],
  control: readonly [slower: number, timed: number],
  { design, alpha }: { readonly design: number; readonly alpha: number },
): boolean {
  return control[0] < RAREST * control[1] && shareInterval(...canary, design, alpha)[1] < FEW;
}
