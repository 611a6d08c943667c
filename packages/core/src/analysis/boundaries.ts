/** Which boundaries latency is judged by: chosen from control alone, before anything is compared at them. */

/** Requests of control that the choice is made from. */
export const ENOUGH_REQUESTS = 1000;
const RAREST = 0.003;
const MOST_COMMON = 0.5;

/** Places in the list of those boundaries that control exceeds in 0.3 to 50 % of its requests; `undefined`: too few of them. */
export function chooseBoundaries(timed: number, slower: readonly number[]): number[] | undefined {
  if (timed < ENOUGH_REQUESTS) return undefined;
  return slower.flatMap((count, i) =>
    count >= RAREST * timed && count <= MOST_COMMON * timed ? [i] : [],
  );
}
