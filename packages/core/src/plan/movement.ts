/** Who moves between two states of a release, exactly: shares are intervals of buckets, so nothing is sampled. */
import { BUCKETS } from '../bucket/bucket.ts';
import type { Outcome, Release } from './plan.ts';
import {
  type Conditions,
  conditionsOf,
  matches,
  type Population,
  populations,
} from './populations.ts';

/** A move between two variants. */
export interface Move {
  readonly from: string;
  readonly to: string;
  /** Thousandths of a percent of the population. */
  readonly thousandths: number;
}

/** Units that satisfy the same conditions other than percentages. */
export interface PopulationMovement {
  /** Whom it is about, in words. */
  readonly who: string;
  /** Thousandths of a percent that move; expected, when everyone got a new bucket. */
  readonly moved: number;
  /** Half the sum of the changes of the shares: the least that had to move. */
  readonly minimum: number;
  readonly moves: readonly Move[];
  /** Variant → thousandths, before and after. */
  readonly before: ReadonlyMap<string, number>;
  readonly after: ReadonlyMap<string, number>;
}

/** What a release gives to a population: the outcomes in the order in which they are tried, and the rest. */
interface Gives {
  readonly outcomes: readonly Outcome[];
  readonly rest: string;
}

function givesTo(
  { state, stable, winner, rules }: Release,
  population: Population,
  conditions: Conditions,
): Gives {
  if (state === 'aborted') return { outcomes: [], rest: stable };
  if (state === 'completed') return { outcomes: [], rest: winner ?? stable };
  const matching = rules.filter((rule) => matches(rule, population, conditions));
  return { outcomes: matching.map(({ outcome }) => outcome), rest: stable };
}

function variantAt({ outcomes, rest }: Gives, bucket: number): string {
  for (const outcome of outcomes) {
    const variant = given(outcome, bucket);
    if (variant !== undefined) return variant;
  }
  return rest;
}

function given(outcome: Outcome, bucket: number): string | undefined {
  if (outcome.kind === 'everyone') return outcome.variant;
  if (outcome.kind === 'percent') return bucket < outcome.thousandths ? outcome.variant : undefined;
  return outcome.parts.find(({ ranges }) =>
    ranges.some(([from, to]) => bucket >= from && bucket < to),
  )?.variant;
}

/** Every bucket at which some outcome may change, and the end. */
function edges(outcomes: readonly Outcome[]): number[] {
  const of = (outcome: Outcome): number[] => {
    if (outcome.kind === 'everyone') return [];
    return outcome.kind === 'percent'
      ? [outcome.thousandths]
      : outcome.parts.flatMap(({ ranges }) => ranges.flat());
  };
  return [...new Set([0, ...outcomes.flatMap(of), BUCKETS])].toSorted((a, b) => a - b);
}

/** Whether every unit gets a new bucket between the two. */
export function isReshuffled(old: Release, next: Release): boolean {
  return old.salt !== next.salt || old.units.join() !== next.units.join();
}

/** The movement of each population between two states of one release. The last is everyone else. */
export function movement(old: Release, next: Release): PopulationMovement[] {
  const conditions = conditionsOf([...old.rules, ...next.rules]);
  const reshuffled = isReshuffled(old, next);
  return populations(conditions).map((population) => ({
    who: population.who,
    ...moved(
      givesTo(old, population, conditions),
      givesTo(next, population, conditions),
      reshuffled,
    ),
  }));
}

function moved(old: Gives, next: Gives, reshuffled: boolean): Omit<PopulationMovement, 'who'> {
  const moves = new Map<string, number>();
  const before = new Map<string, number>();
  const after = new Map<string, number>();
  const cuts = edges([...old.outcomes, ...next.outcomes]);
  cuts.slice(0, -1).forEach((from, i) => {
    const width = (cuts[i + 1] as number) - from;
    const [a, b] = [variantAt(old, from), variantAt(next, from)];
    add(before, a, width);
    add(after, b, width);
    if (a !== b) add(moves, `${a} ${b}`, width);
  });
  const all = reshuffled ? expectedMoves(before, after) : [...moves].map(toMove);
  return { moved: sum(all), minimum: minimumOf(before, after), moves: all, before, after };
}

function add(to: Map<string, number>, key: string, width: number): void {
  to.set(key, (to.get(key) ?? 0) + width);
}

function toMove([key, thousandths]: [string, number]): Move {
  const [from = '', to = ''] = key.split(' ');
  return { from, to, thousandths };
}

/** With new buckets for all, where a unit was says nothing about where it goes. */
function expectedMoves(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Move[] {
  return [...before].flatMap(([from, a]) =>
    [...after].flatMap(([to, b]) =>
      from === to ? [] : [{ from, to, thousandths: Math.round((a * b) / BUCKETS) }],
    ),
  );
}

function sum(moves: readonly Move[]): number {
  return moves.reduce((total, { thousandths }) => total + thousandths, 0);
}

function minimumOf(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): number {
  const variants = new Set([...before.keys(), ...after.keys()]);
  const changes = [...variants].map((variant) =>
    Math.abs((after.get(variant) ?? 0) - (before.get(variant) ?? 0)),
  );
  return changes.reduce((total, change) => total + change, 0) / 2;
}

/** Whether any population loses units from stable. */
export function widens(old: Release, next: Release): boolean {
  return movement(old, next).some(({ moves }) => moves.some(({ from }) => from === old.stable));
}
