/** One replica, scrape by scrape. What spans a hole is left out, in both arms alike. */
import type { Slices, Stratum } from '../counts.ts';
import { type Levels, levelsAt } from './levels.ts';
import { type MovedState, MovedUnits } from './moved.ts';
import { pieceOf, shareOf } from './strata.ts';
import type { Target } from './target.ts';

/** Two scrapes that lie further apart than so many usual ones have a hole between them. */
const HOLE = 2.5;
/** Seconds after which a replica that went is forgotten: it was taken away. One that comes back after that is another. */
export const FORGOTTEN = 900;

/** What went on at one replica between two scrapes. */
export interface Counted {
  readonly at: number;
  readonly stratum: Stratum;
  readonly slices: Slices;
}

/** A replica as far as it was followed: where to go on. */
export interface FollowedState {
  /** Its first scrape in the analysis. */
  readonly first: number;
  /** The scrape that everything up to was counted, in seconds since the epoch. */
  readonly last: number;
  /** Counts of affected units that it began, and how many of them because it restarted. */
  readonly lives: number;
  readonly restarts: number;
  readonly moved: MovedState;
  readonly levels: Levels;
}

export interface Followed {
  readonly pieces: readonly Counted[];
  /** The beginnings of lives, in seconds since the epoch. */
  readonly lives: readonly number[];
  readonly isUnclear: boolean;
  readonly lost: number;
  readonly watched: number;
  /** `undefined`: it was never scraped in the analysis. */
  readonly state: FollowedState | undefined;
}

export interface FollowOptions {
  /** When the analysis began, and up to when scrapes are looked at, in seconds since the epoch. */
  readonly start: number;
  readonly until: number;
  /** The usual seconds between two scrapes. */
  readonly step: number;
  readonly boundaries: readonly number[];
}

export function follow(
  target: Target,
  { start, until, step, boundaries }: FollowOptions,
  before?: FollowedState,
): Followed {
  const pieces: Counted[] = [];
  const moved = new MovedUnits(before?.moved);
  let [isUnclear, lost, watched, restarts] = [false, 0, 0, before?.restarts ?? 0];
  const times = timesOf(target, start, until, before);
  const lives = before === undefined ? times.slice(0, 1) : [];
  const isBorn = (at: number) => {
    lives.push(at);
    moved.restart();
  };
  times.slice(1).forEach((to, i) => {
    const from = times[i] ?? to;
    watched += to - from;
    if (to - from > FORGOTTEN) {
      lost += to - from;
      isBorn(to);
      return;
    }
    const piece = pieceOf(target, from, to, boundaries);
    if (piece.isRestart) {
      restarts += 1;
      isBorn(to);
    }
    const isBroken = target.isUnclear(from, to);
    isUnclear ||= isBroken;
    const stratum = moved.without(piece.stratum, shareOf(target, to, to));
    if (isBroken || to - from > HOLE * step) lost += to - from;
    else pieces.push({ at: to, stratum, slices: piece.slices });
  });
  const last = times.at(-1);
  if (last === undefined) return { pieces, lives, isUnclear, lost, watched, state: undefined };
  const levels = last === before?.last ? before.levels : levelsAt(target, last);
  const known = (before?.lives ?? 0) + lives.length;
  const first = before?.first ?? times[0] ?? last;
  const state = { first, last, lives: known, restarts, moved: moved.state(), levels };
  return { pieces, lives, isUnclear, lost, watched, state };
}

function timesOf(
  target: Target,
  start: number,
  until: number,
  before: FollowedState | undefined,
): number[] {
  const isNew = (time: number) => (before === undefined ? time >= start : time > before.last);
  const times = target.times.filter((time) => isNew(time) && time <= until);
  return before === undefined ? times : [before.last, ...times];
}
