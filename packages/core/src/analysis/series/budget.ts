/** How much of its requests the plan lets fail. */
import type { Series } from './samples.ts';

/** A greater excess than this is no small difference, whatever the objective allows. */
const MOST = 0.01;

/** The share of requests that the plan's objective leaves for errors, by what replicas say last; at most 1 %. `undefined`: no objective. */
export function errorBudget(series: readonly Series[]): number | undefined {
  const said = series.flatMap(({ kind, samples }) =>
    kind.of === 'objective' ? (samples.at(-1) ?? []) : [],
  );
  const [last] = said.toSorted((a, b) => b.at - a.at);
  return last === undefined ? undefined : Math.min(MOST, Math.max(0, 1 - last.value));
}
