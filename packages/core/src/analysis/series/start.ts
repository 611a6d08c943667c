/** When the analysis that runs began. */
import type { Series } from './samples.ts';
import { type Target, targetsOf } from './target.ts';

interface Word {
  /** When the replica first says so. */
  readonly first: number;
  /** When it changed its word though it did not restart: another analysis began. */
  readonly changed: number | undefined;
}

/**
 * Seconds since the epoch; `undefined`: nobody says. A replica that restarts, or comes later, begins to count anew, but the
 * analysis goes on: the anchor is the earliest word, until a replica that goes on says another.
 */
export function analysisStart(series: readonly Series[]): number | undefined {
  const words = targetsOf(series).flatMap((target) => wordOf(target) ?? []);
  if (words.length === 0) return undefined;
  const changed = words.flatMap((word) => word.changed ?? []);
  return changed.length > 0 ? Math.max(...changed) : Math.min(...words.map(({ first }) => first));
}

/** When another analysis than the one that began at `start` did, as replicas say that go on; `undefined`: none did. */
export function laterStart(series: readonly Series[], start: number): number | undefined {
  const later = targetsOf(series).flatMap((target) => wordOf(target)?.changed ?? []);
  return later.filter((word) => word > start).sort((a, b) => b - a)[0];
}

function wordOf(target: Target): Word | undefined {
  const [said] = target.series.filter(({ kind }) => kind.of === 'start');
  const [first] = said?.samples ?? [];
  if (said === undefined || first === undefined) return undefined;
  let changed: number | undefined;
  said.samples.forEach(({ at, value }, i) => {
    const before = said.samples[i - 1];
    if (before === undefined || before.value === value) return;
    if (!target.isRestart(before.at, at)) changed = value;
  });
  return { first: first.value, changed };
}
