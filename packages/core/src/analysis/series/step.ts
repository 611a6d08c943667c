/** How many seconds usually lie between two scrapes. */
import type { Series } from './samples.ts';
import { type Target, targetsOf } from './target.ts';

/** Where nobody was scraped twice. */
export const UNKNOWN_STEP = 60;

/** From so many steps on it is settled. */
const ENOUGH = 5;

interface Step {
  readonly to: number;
  readonly seconds: number;
}

function stepsOf(targets: readonly Target[]): Step[] {
  const scraped = targets.filter(({ isScraped }) => isScraped);
  return (scraped.length > 0 ? scraped : targets).flatMap(({ times }) =>
    times.slice(1).map((to, i) => ({ to, seconds: to - (times[i] ?? to) })),
  );
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** The median of the seconds between scrapes, of all replicas. */
export const stepBetween = (series: readonly Series[]): number => usualStep(targetsOf(series));

/** The step that an analysis settles on which takes in what was until then; `undefined`: it is too early to say. */
export const settledStep = (
  series: readonly Series[],
  start: number,
  until: number,
): number | undefined => firstStep(targetsOf(series), start, until);

/** The median of all steps. */
export const usualStep = (targets: readonly Target[]): number =>
  median(stepsOf(targets).map(({ seconds }) => seconds)) ?? UNKNOWN_STEP;

/**
 * The median of the first steps of all between `start` and `until`: whoever asks later gets the same answer. `undefined`: it is too
 * early to say.
 */
export function firstStep(
  targets: readonly Target[],
  start: number,
  until: number,
): number | undefined {
  const steps = stepsOf(targets)
    .filter(({ to, seconds }) => to - seconds >= start && to <= until)
    .sort((a, b) => a.to - b.to || a.seconds - b.seconds)
    .slice(0, ENOUGH);
  return steps.length < ENOUGH ? undefined : median(steps.map(({ seconds }) => seconds));
}
