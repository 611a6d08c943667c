/** From raw samples to the intervals of an analysis, and what is wrong with the samples. Resets are handled here and nowhere else. */
import type { Interval } from '../counts.ts';
import type { DataReason } from '../verdict.ts';
import { FORGOTTEN, type Followed, type FollowedState, follow } from './follow.ts';
import { intervalsOf } from './intervals.ts';
import { presenceOf, Roll } from './presence.ts';
import type { Series } from './samples.ts';
import { analysisStart } from './start.ts';
import { firstStep, UNKNOWN_STEP, usualStep } from './step.ts';
import { Target, targetsOf } from './target.ts';

export interface Assembled {
  /** Seconds since the epoch; `undefined`: nobody says. */
  readonly start: number | undefined;
  /** Seconds, ascending. */
  readonly boundaries: readonly number[];
  readonly intervals: readonly Interval[];
  readonly reasons: readonly DataReason[];
  /** Replicas that were measured within the last intervals. */
  readonly replicas: number;
  readonly restarts: number;
  /** The usual seconds between two scrapes. */
  readonly step: number;
  /** Seconds of replicas that no interval has, and all seconds of replicas. */
  readonly lost: number;
  readonly watched: number;
  /** Where to go on with later samples; `undefined`: it has not begun. */
  readonly state: AssembleState | undefined;
}

export interface AssembleOptions {
  /** Seconds since the epoch. */
  readonly now: number;
  /** When the analysis began, if that is known better than by what replicas say. */
  readonly since?: number | undefined;
  /** What came after this is left for later: some of it may not be there yet. Default: everything is taken. */
  readonly until?: number | undefined;
}

/** What was assembled so far: however samples are handed over piece by piece, no piece counts twice, and none is lost. */
export interface AssembleState {
  readonly start: number;
  readonly step: number;
  readonly boundaries: readonly number[];
  /** Which usual step since the start was the last. */
  readonly window: number;
  readonly isUnclear: boolean;
  readonly lost: number;
  readonly watched: number;
  readonly targets: Readonly<Record<string, FollowedState>>;
}

/** From when on samples are needed again to go on, in seconds since the epoch: each replica's last one, unless it is forgotten. */
export function neededFrom({ start, step, window, targets }: AssembleState): number {
  const end = start + window * step;
  const lasts = Object.values(targets).map(({ last }) => last);
  return Math.min(end, ...lasts.filter((last) => end - last <= FORGOTTEN));
}

/** The share of time that may be lost. */
const LOSS = 0.1;

/** `before`: where samples were assembled before. Those from each replica's last one on are needed again, of the last quarter of an hour. */
export function assemble(
  series: readonly Series[],
  options: AssembleOptions,
  before?: AssembleState,
): Assembled {
  const { now, since, until } = options;
  const targets = allTargets(series, before);
  const start = before?.start ?? since ?? analysisStart(series);
  const boundaries = before?.boundaries.length ? before.boundaries : boundariesOf(series);
  const step = before?.step ?? stepOf(targets, start, until);
  const present = targets.flatMap((target) => {
    const presence =
      start === undefined ? undefined : presenceOf(target, start, stateOf(target, before));
    return presence ?? [];
  });
  const roll = new Roll(present, now, step ?? UNKNOWN_STEP);
  const taken =
    start === undefined || step === undefined
      ? undefined
      : take(targets, { start, step, boundaries, until }, before);
  const { lost = 0, watched = 0, isUnclear = false } = taken?.state ?? before ?? {};
  const reasons: (DataReason | false)[] = [
    start === undefined && 'no-start',
    ...roll.reasons,
    lost > LOSS * watched && 'uneven',
    isUnclear && 'reset-unclear',
  ];
  return {
    ...{ start, boundaries, lost, watched, step: step ?? UNKNOWN_STEP },
    intervals: taken?.intervals ?? [],
    reasons: reasons.filter((reason) => reason !== false),
    replicas: roll.replicas,
    restarts: Object.values(taken?.state.targets ?? {}).reduce(
      (sum, each) => sum + each.restarts,
      0,
    ),
    state: taken?.state,
  };
}

interface TakeOptions {
  readonly start: number;
  readonly step: number;
  readonly boundaries: readonly number[];
  readonly until: number | undefined;
}

/** Whole usual steps, as many as there are. */
function take(
  targets: readonly Target[],
  { start, step, boundaries, until }: TakeOptions,
  before: AssembleState | undefined,
): { readonly intervals: readonly Interval[]; readonly state: AssembleState } {
  const last =
    until === undefined
      ? Number.POSITIVE_INFINITY
      : Math.max(before?.window ?? 0, Math.floor((until - start) / step));
  if (before !== undefined && last <= before.window) return { intervals: [], state: before };
  const options = { start, step, boundaries, until: start + last * step };
  const followed = targets.map((target) => {
    const known = stateOf(target, before);
    return { target, before: known, ...follow(target, options, known) };
  });
  const from = before?.window ?? 0;
  const { intervals, window } = intervalsOf(followed, { start, step, from, last });
  const sum = (of: (each: Followed) => number) =>
    followed.reduce((total, each) => total + of(each), 0);
  const state: AssembleState = {
    ...{ start, step, boundaries, window },
    isUnclear: followed.some((each) => each.isUnclear) || before?.isUnclear === true,
    lost: sum((each) => each.lost) + (before?.lost ?? 0),
    watched: sum((each) => each.watched) + (before?.watched ?? 0),
    targets: Object.fromEntries(
      followed.flatMap(({ target, state }) => (state === undefined ? [] : [[target.name, state]])),
    ),
  };
  return { intervals, state };
}

const stateOf = ({ name }: Target, before: AssembleState | undefined): FollowedState | undefined =>
  before !== undefined && Object.hasOwn(before.targets, name) ? before.targets[name] : undefined;

/** Those of whom nothing new is known, too. */
function allTargets(series: readonly Series[], before: AssembleState | undefined): Target[] {
  const found = targetsOf(series);
  const names = new Set(found.map(({ name }) => name));
  const others = Object.keys(before?.targets ?? {}).filter((name) => !names.has(name));
  const all = [...found, ...others.map((name) => new Target(name, []))];
  return all.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function stepOf(
  targets: readonly Target[],
  start: number | undefined,
  until: number | undefined,
): number | undefined {
  if (until === undefined) return usualStep(targets);
  return start === undefined ? undefined : firstStep(targets, start, until);
}

function boundariesOf(series: readonly Series[]): number[] {
  const found = new Set<number>();
  for (const { kind } of series)
    if (kind.of === 'within' && Number.isFinite(kind.boundary)) found.add(kind.boundary);
  return [...found].sort((a, b) => a - b);
}
