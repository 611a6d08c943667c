/** From raw samples to the intervals of an analysis, and what is wrong with the samples. Resets are handled here and nowhere else. */
import {
  type Assigned,
  added,
  type Interval,
  NO_SLICES,
  type Slices,
  type Stratum,
} from '../counts.ts';
import type { DataReason } from '../verdict.ts';
import { MovedUnits } from './moved.ts';
import type { ArmName, Series } from './samples.ts';
import { analysisStart } from './start.ts';
import { pieceOf, shareOf } from './strata.ts';
import { type Target, targetsOf } from './target.ts';

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
}

export interface AssembleOptions {
  /** Seconds since the epoch. */
  readonly now: number;
  /** When the analysis began, if that is known better than by what replicas say. */
  readonly since?: number | undefined;
}

/** Two scrapes that lie further apart than so many usual ones have a hole between them. */
const HOLE = 2.5;
/** Scrapes without a sample after which a replica is missing. */
const SILENT = 4;
/** Seconds after which a replica that went is forgotten: it was taken away. */
const FORGOTTEN = 900;
/** The share of time that may be lost. */
const LOSS = 0.1;
/** The standard error of the counts of units, as a share of them: HyperLogLog with 4,096 registers (Flajolet et al. 2007). */
const ESTIMATE_ERROR = 1.04 / Math.sqrt(4096);

interface Piece {
  readonly at: number;
  readonly stratum: Stratum;
  readonly slices: Slices;
}

interface Followed {
  readonly pieces: readonly Piece[];
  /** Each life's beginning. */
  readonly lives: readonly number[];
  readonly isUnclear: boolean;
  readonly lost: number;
  readonly watched: number;
}

export function assemble(series: readonly Series[], { now, since }: AssembleOptions): Assembled {
  const targets = targetsOf(series);
  const start = since ?? analysisStart(series);
  const boundaries = boundariesOf(series);
  const step = usualStep(targets);
  const followed =
    start === undefined ? [] : targets.map((target) => follow(target, start, step, boundaries));
  const sum = (of: (each: Followed) => number) =>
    followed.reduce((total, each) => total + of(each), 0);
  const [lost, watched] = [sum((each) => each.lost), sum((each) => each.watched)];
  const reasons: (DataReason | false)[] = [
    start === undefined && 'no-start',
    isStale(targets, now, step) && 'stale',
    isMissing(targets, now, step) && 'replica-missing',
    lost > LOSS * watched && 'uneven',
    followed.some(({ isUnclear }) => isUnclear) && 'reset-unclear',
  ];
  return {
    start,
    boundaries,
    intervals: start === undefined ? [] : intervalsOf(targets, followed, start, step),
    reasons: reasons.filter((reason) => reason !== false),
    replicas: targets.filter((target) => now - lastOf(target) <= SILENT * step).length,
    restarts: sum(({ lives }) => Math.max(0, lives.length - 1)),
    step,
    lost,
    watched,
  };
}

const lastOf = ({ times }: Target): number => times.at(-1) ?? Number.NEGATIVE_INFINITY;
const firstOf = ({ times }: Target): number => times[0] ?? Number.POSITIVE_INFINITY;

function boundariesOf(series: readonly Series[]): number[] {
  const found = new Set<number>();
  for (const { kind } of series)
    if (kind.of === 'within' && Number.isFinite(kind.boundary)) found.add(kind.boundary);
  return [...found].sort((a, b) => a - b);
}

/** The median of the seconds between scrapes. */
function usualStep(targets: readonly Target[]): number {
  const steps = targets
    .flatMap(({ times }) => times.slice(1).map((time, i) => time - (times[i] ?? time)))
    .sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? 60;
}

/** One replica, scrape by scrape. What spans a hole is left out, in both arms alike. */
function follow(
  target: Target,
  start: number,
  step: number,
  boundaries: readonly number[],
): Followed {
  const pieces: Piece[] = [];
  const lives: number[] = [];
  const moved = new MovedUnits();
  let [isUnclear, lost, watched] = [false, 0, 0];
  const times = target.times.filter((time) => time >= start);
  if (times.length > 0) lives.push(times[0] ?? start);
  times.slice(1).forEach((to, i) => {
    const from = times[i] ?? to;
    watched += to - from;
    const piece = pieceOf(target, from, to, boundaries);
    if (piece.isRestart) {
      lives.push(to);
      moved.restart();
    }
    const isBroken = target.isUnclear(from, to);
    isUnclear ||= isBroken;
    const stratum = moved.without(piece.stratum, shareOf(target, to, to));
    if (isBroken || to - from > HOLE * step) lost += to - from;
    else pieces.push({ at: to, stratum, slices: piece.slices });
  });
  return { pieces, lives, isUnclear, lost, watched };
}

/** Nothing for a while, of anybody. */
const isStale = (targets: readonly Target[], now: number, step: number): boolean =>
  targets.length > 0 && targets.every((target) => now - lastOf(target) > SILENT * step);

/** More replicas went than came. */
function isMissing(targets: readonly Target[], now: number, step: number): boolean {
  const isRecent = (time: number) => now - time <= FORGOTTEN;
  const gone = targets.filter(
    (target) => now - lastOf(target) > SILENT * step && isRecent(lastOf(target)),
  );
  const oldest = Math.min(...targets.map(firstOf));
  const came = targets.filter(
    (target) => isRecent(firstOf(target)) && firstOf(target) > oldest + SILENT * step,
  );
  return gone.length > came.length;
}

/** Replicas' pieces that end within the same usual step are one interval. */
function intervalsOf(
  targets: readonly Target[],
  followed: readonly Followed[],
  start: number,
  step: number,
): Interval[] {
  const pieces = followed.flatMap((each) => each.pieces);
  const windows = Map.groupBy(pieces, ({ at }) => Math.ceil((at - start) / step));
  return [...windows]
    .sort(([a], [b]) => a - b)
    .map(([window, within]) => {
      const at = start + window * step;
      return {
        at,
        strata: within.map(({ stratum }) => stratum),
        slices: within.reduce((sum, { slices }) => addedSlices(sum, slices), NO_SLICES),
        units: unitsAt(targets, at),
        assigned: assignedAt(targets, at),
        lives: followed.flatMap(({ lives }) => lives.filter((life) => life <= at)).length,
      };
    });
}

const addedSlices = (a: Slices, b: Slices): Slices => ({
  ...NO_SLICES,
  requests: added(a.requests, b.requests),
  errors: added(a.errors, b.errors),
});

/** The last value of a gauge by then. */
function levelAt(target: Target, of: 'units' | 'assigned', arm: ArmName, at: number): number {
  const series = target.series.find(
    ({ kind }) => kind.of === of && 'arm' in kind && kind.arm === arm,
  );
  const time = target.times.findLast((each) => each <= at);
  return series === undefined || time === undefined ? 0 : (target.value(series, time) ?? 0);
}

/** A unit may be at several replicas: the most that one of them has seen are different for sure. */
function unitsAt(targets: readonly Target[], at: number): Interval['units'] {
  const most = (arm: ArmName) =>
    Math.max(0, ...targets.map((target) => levelAt(target, 'units', arm, at)));
  return { canary: most('canary'), control: most('control') };
}

/** Of all replicas that know of the same percentage. */
function assignedAt(targets: readonly Target[], at: number): Assigned[] {
  const known = targets.flatMap((target) => {
    const time = target.times.findLast((each) => each <= at);
    const share = time === undefined ? undefined : shareOf(target, time, time);
    return share === undefined || share <= 0 || share >= 1 ? [] : [{ target, share }];
  });
  const [{ share } = { share: 0 }] = known;
  if (known.length === 0 || known.some((each) => each.share !== share)) return [];
  const sum = (arm: ArmName) =>
    known.reduce((total, { target }) => total + levelAt(target, 'assigned', arm, at), 0);
  const [canary, control] = [sum('canary'), sum('control')];
  const noise = 2 * ESTIMATE_ERROR ** 2 * (canary + control) * share * (1 - share);
  return [{ share, canary, control, design: known.length * (1 + noise) }];
}
