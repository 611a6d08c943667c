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

const stepsOf = ({ times }: Target): Step[] =>
  times.slice(1).map((to, i) => ({ to, seconds: to - (times[i] ?? to) }));

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** The median of the seconds between scrapes, of all replicas. */
export const stepBetween = (series: readonly Series[]): number => usualStep(targetsOf(series));

/** The median of all steps. */
export const usualStep = (targets: readonly Target[]): number =>
  median(targets.flatMap(stepsOf).map(({ seconds }) => seconds)) ?? UNKNOWN_STEP;

/**
 * The median of the first steps of all between `start` and `until`: whoever asks later gets the same answer. `undefined`: it is too
 * early to say.
 */
export function firstStep(
  targets: readonly Target[],
  start: number,
  until: number,
): number | undefined {
  const steps = targets
    .flatMap(stepsOf)
    .filter(({ to, seconds }) => to - seconds >= start && to <= until)
    .sort((a, b) => a.to - b.to || a.seconds - b.seconds)
    .slice(0, ENOUGH);
  return steps.length < ENOUGH ? undefined : median(steps.map(({ seconds }) => seconds));
}
