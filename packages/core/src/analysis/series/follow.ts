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

/** Goes on where it was followed `before`. */
export function follow(target: Target, options: FollowOptions, before?: FollowedState): Followed {
  const times = timesOf(target, options, before);
  const walk = new Walk(target, options, before);
  if (before === undefined && times[0] !== undefined) walk.begin(times[0]);
  times.slice(1).forEach((to, i) => {
    walk.step(times[i] ?? to, to);
  });
  const { pieces, lives, isUnclear, lost, watched } = walk;
  return { pieces, lives, isUnclear, lost, watched, state: walk.stateAfter(times) };
}

function timesOf(
  target: Target,
  { start, until }: FollowOptions,
  before: FollowedState | undefined,
): number[] {
  const isNew = (time: number) => (before === undefined ? time >= start : time > before.last);
  const times = target.times.filter((time) => isNew(time) && time <= until);
  return before === undefined ? times : [before.last, ...times];
}

/** From scrape to scrape of one replica. */
class Walk {
  readonly pieces: Counted[] = [];
  readonly lives: number[] = [];
  isUnclear = false;
  lost = 0;
  watched = 0;
  readonly #target: Target;
  readonly #options: FollowOptions;
  readonly #before: FollowedState | undefined;
  readonly #moved: MovedUnits;
  #restarts: number;

  constructor(target: Target, options: FollowOptions, before: FollowedState | undefined) {
    this.#target = target;
    this.#options = options;
    this.#before = before;
    this.#moved = new MovedUnits(before?.moved);
    this.#restarts = before?.restarts ?? 0;
  }

  /** It counts affected units from here on, if it counts any. */
  begin(at: number): void {
    if (this.#target.isScraped) this.lives.push(at);
  }

  /** From one scrape to the next. */
  step(from: number, to: number): void {
    const seconds = to - from;
    this.watched += seconds;
    if (seconds > FORGOTTEN) {
      this.lost += seconds;
      this.#beginAnew(to);
    } else this.#count(from, to);
  }

  /** Where to go on after these scrapes. */
  stateAfter(times: readonly number[]): FollowedState | undefined {
    const last = times.at(-1);
    if (last === undefined) return undefined;
    const before = this.#before;
    return {
      first: before?.first ?? times[0] ?? last,
      last,
      lives: (before?.lives ?? 0) + this.lives.length,
      restarts: this.#restarts,
      moved: this.#moved.state(),
      levels: last === before?.last ? before.levels : levelsAt(this.#target, last),
    };
  }

  #beginAnew(at: number): void {
    this.begin(at);
    this.#moved.restart();
  }

  #count(from: number, to: number): void {
    const { step, boundaries } = this.#options;
    const { isRestart, slices, stratum: counted } = pieceOf(this.#target, from, to, boundaries);
    if (isRestart) {
      this.#restarts += 1;
      this.#beginAnew(to);
    }
    const isUnclear = this.#target.isUnclear(from, to);
    this.isUnclear ||= isUnclear;
    const stratum = this.#moved.without(counted, shareOf(this.#target, to, to));
    if (isUnclear || to - from > HOLE * step) this.lost += to - from;
    else this.pieces.push({ at: to, stratum, slices });
  }
}
