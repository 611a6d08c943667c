/**
 * Time: contestants take turns, so that whatever else the machine does hits all of them alike. What counts is
 * the processor time of the whole process, garbage collection in other threads included: that a busy machine
 * lets a turn wait is not the contestant's doing.
 */
import type { Turn } from './contestant.ts';

export interface Timing {
  /** Nanoseconds of processor time per decision: the median of the rounds. */
  readonly ns: number;
  /** The slowest and the fastest round. */
  readonly fastest: number;
  readonly slowest: number;
  readonly decisionsPerTurn: number;
  /** Which part of the users got v2: it shows that the work was done. */
  readonly share: number;
}

export interface Rounds {
  readonly rounds: number;
  readonly turnMs: number;
}

function timed(turn: Turn, from: number, count: number): { ns: number; canary: number } {
  const start = process.cpuUsage();
  const canary = turn(from, count);
  const { user, system } = process.cpuUsage(start);
  return { ns: (user + system) * 1_000, canary };
}

/** Every tenth user is listed: fewer decisions could miss them all. */
const FEWEST = 10;

/** How many decisions fit a turn. On the way the code gets hot. */
function calibrate(turn: Turn, turnMs: number): number {
  const wanted = turnMs * 1e6;
  let count = FEWEST;
  let spent = 0;
  for (;;) {
    const { ns } = timed(turn, 0, count);
    spent += ns;
    if (ns >= wanted / 2 && spent >= 6 * wanted) return fitting((count * wanted) / ns);
    if (spent >= 20 * wanted) return count;
    if (ns < wanted / 2) count *= 2;
  }
}

/** A multiple of {@link FEWEST}. */
function fitting(count: number): number {
  return Math.max(1, Math.round(count / FEWEST)) * FEWEST;
}

export function median(of: readonly number[]): number {
  const sorted = of.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/**
 * Measures turns against each other; each round begins with another one. A turn begins with some decisions
 * that do not count, so that nobody pays for what the one before left in the caches.
 */
export function interleaved(
  turns: ReadonlyMap<string, Turn>,
  options: Rounds,
): Map<string, Timing> {
  const all = [...turns].map(([name, turn]) => ({
    name,
    turn,
    count: calibrate(turn, options.turnMs),
    times: [] as number[],
    from: 0,
    canary: 0,
  }));
  for (let round = 0; round < options.rounds; round++) {
    for (let i = 0; i < all.length; i++) {
      const one = all[(i + round) % all.length] as (typeof all)[number];
      if (one.count > FEWEST) one.turn(one.from, one.count / FEWEST);
      const { ns, canary } = timed(one.turn, one.from, one.count);
      one.times.push(ns / one.count);
      one.from += one.count;
      one.canary += canary;
    }
  }
  return new Map(
    all.map(({ name, times, count, canary, from }) => [
      name,
      {
        ns: median(times),
        fastest: Math.min(...times),
        slowest: Math.max(...times),
        decisionsPerTurn: count,
        share: canary / from,
      },
    ]),
  );
}
