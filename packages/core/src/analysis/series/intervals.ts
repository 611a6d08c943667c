/** Replicas' pieces as intervals: those that end within the same usual step are one. */
import { type Assigned, added, type Interval, NO_SLICES, type Slices } from '../counts.ts';
import type { Followed, FollowedState } from './follow.ts';
import { type Levels, levelsAt } from './levels.ts';
import type { ArmName } from './samples.ts';
import type { Target } from './target.ts';

/** The standard error of the counts of units, as a share of them: HyperLogLog with 4,096 registers (Flajolet et al. 2007). */
const ESTIMATE_ERROR = 1.04 / Math.sqrt(4096);

/** A replica and what is new of it. */
export interface FollowedTarget extends Followed {
  readonly target: Target;
  readonly before: FollowedState | undefined;
}

export interface IntervalOptions {
  readonly start: number;
  readonly step: number;
  /** The usual step since the start that was taken last, and the last one to take. */
  readonly from: number;
  readonly last: number;
}

export function intervalsOf(
  followed: readonly FollowedTarget[],
  { start, step, from, last }: IntervalOptions,
): { readonly intervals: Interval[]; readonly window: number } {
  const windows = Map.groupBy(
    followed.flatMap(({ pieces }) => pieces),
    // What comes late counts with what came in time.
    ({ at }) => Math.min(last, Math.max(from + 1, Math.ceil((at - start) / step))),
  );
  const sorted = [...windows].sort(([a], [b]) => a - b);
  const intervals = sorted.map(([window, within]): Interval => {
    const at = start + window * step;
    const levels = followed.flatMap((each) => levelsOf(each, at) ?? []);
    return {
      at,
      strata: within.map(({ stratum }) => stratum),
      slices: within.reduce((sum, { slices }) => addedSlices(sum, slices), NO_SLICES),
      units: unitsOf(levels),
      assigned: assignedOf(levels),
      lives: livesAt(followed, at),
    };
  });
  const reached = sorted.at(-1)?.[0] ?? from;
  return { intervals, window: Number.isFinite(last) ? last : reached };
}

const addedSlices = (a: Slices, b: Slices): Slices => ({
  ...NO_SLICES,
  requests: added(a.requests, b.requests),
  errors: added(a.errors, b.errors),
});

const livesAt = (followed: readonly FollowedTarget[], at: number): number =>
  followed.reduce(
    (sum, { before, lives }) =>
      sum + (before?.lives ?? 0) + lives.filter((life) => life <= at).length,
    0,
  );

/** The last that it said by then. */
function levelsOf({ target, before, state }: FollowedTarget, at: number): Levels | undefined {
  if (state === undefined) return undefined;
  const time = target.times.findLast((each) => each <= at && each >= state.first);
  if (time === undefined || time <= (before?.last ?? Number.NEGATIVE_INFINITY))
    return before?.levels;
  return levelsAt(target, time);
}

/** A unit may be at several replicas: the most that one of them has seen are different for sure. */
function unitsOf(levels: readonly Levels[]): Interval['units'] {
  const most = (arm: ArmName) => Math.max(0, ...levels.map(({ units }) => units[arm]));
  return { canary: most('canary'), control: most('control') };
}

/** Of all replicas that know of the same percentage. */
function assignedOf(levels: readonly Levels[]): Assigned[] {
  const known = levels.flatMap(({ share, assigned }) =>
    share === undefined || share <= 0 || share >= 1 ? [] : [{ share, assigned }],
  );
  const [{ share } = { share: 0 }] = known;
  if (known.length === 0 || known.some((each) => each.share !== share)) return [];
  const sum = (arm: ArmName) => known.reduce((total, { assigned }) => total + assigned[arm], 0);
  const [canary, control] = [sum('canary'), sum('control')];
  const noise = 2 * ESTIMATE_ERROR ** 2 * (canary + control) * share * (1 - share);
  return [{ share, canary, control, design: known.length * (1 + noise) }];
}
