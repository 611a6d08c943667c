/** Who moves between two states of a release, exactly: shares are intervals of buckets, so nothing is sampled. */
import { BUCKETS } from '../bucket/bucket.ts';
import type { Outcome, Release, Rule } from './plan.ts';

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

/** The conditions that hold for a population, each by its text. */
interface Population {
  readonly who: string;
  readonly holds: ReadonlySet<string>;
}

/** The conditions of a rule, each as a text that is equal exactly when the condition is. */
function atomsOf(rule: Rule): string[] {
  const atoms: string[] = [];
  if (rule.users !== undefined) atoms.push(usersAtom(rule.users));
  if (rule.cohort !== undefined) atoms.push(`cohort ${rule.cohort}`);
  if (rule.when !== undefined) atoms.push(`when ${JSON.stringify(rule.when)}`);
  return atoms;
}

function usersAtom(users: readonly string[]): string {
  return `users ${JSON.stringify(users)}`;
}

function rulesOf(...releases: readonly Release[]): Rule[] {
  return releases.flatMap(({ rules }) => rules);
}

/** Ids that stand in the same `users` lists, of all the rules, belong together. */
function userPopulations(rules: readonly Rule[]): Population[] {
  const lists = rules.flatMap(({ users }) => (users === undefined ? [] : [users]));
  const groups = new Map<string, { ids: string[]; holds: Set<string> }>();
  for (const id of new Set(lists.flat())) {
    const holds = new Set(lists.filter((users) => users.includes(id)).map(usersAtom));
    const key = JSON.stringify([...holds]);
    const group = groups.get(key) ?? { ids: [], holds };
    group.ids.push(id);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ ids, holds }) => ({ who: usersText(ids), holds }));
}

function usersText(ids: readonly string[]): string {
  const more = ids.length > 3 ? ` and ${ids.length - 3} more` : '';
  return `users ${ids
    .slice(0, 3)
    .map((id) => JSON.stringify(id))
    .join(', ')}${more}`;
}

/** Everyone for whom exactly the conditions of one rule hold, for each rule, and everyone for whom none does. */
function populations(rules: readonly Rule[]): Population[] {
  const users = userPopulations(rules);
  const ruled = rules.flatMap((rule) => {
    const atoms = atomsOf(rule).filter((atom) => !atom.startsWith('users '));
    const conditions: Population = { who: atoms.map(shorten).join(' and '), holds: new Set(atoms) };
    return atoms.length === 0 ? [] : [conditions];
  });
  const all = [
    ...users,
    ...ruled,
    {
      who: users.length + ruled.length > 0 ? 'everyone else' : 'everyone',
      holds: new Set<string>(),
    },
  ];
  return [
    ...new Map(
      all.map((population) => [JSON.stringify([...population.holds]), population]),
    ).values(),
  ];
}

function shorten(atom: string): string {
  return atom.length > 80 ? `${atom.slice(0, 79)}…` : atom;
}

function variantAt(release: Release, population: Population, bucket: number): string {
  if (release.state === 'aborted') return release.stable;
  if (release.state === 'completed') return release.winner ?? release.stable;
  for (const rule of release.rules) {
    const variant = atomsOf(rule).every((atom) => population.holds.has(atom))
      ? given(rule.outcome, bucket)
      : undefined;
    if (variant !== undefined) return variant;
  }
  return release.stable;
}

function given(outcome: Outcome, bucket: number): string | undefined {
  if (outcome.kind === 'everyone') return outcome.variant;
  if (outcome.kind === 'percent') return bucket < outcome.thousandths ? outcome.variant : undefined;
  return outcome.parts.find(({ ranges }) =>
    ranges.some(([from, to]) => bucket >= from && bucket < to),
  )?.variant;
}

/** Every bucket at which some rule may change its mind. */
function edges(rules: readonly Rule[]): number[] {
  const of = ({ outcome }: Rule): number[] => {
    if (outcome.kind === 'everyone') return [];
    return outcome.kind === 'percent'
      ? [outcome.thousandths]
      : outcome.parts.flatMap(({ ranges }) => ranges.flat());
  };
  return [...new Set([0, ...rules.flatMap(of), BUCKETS])].toSorted((a, b) => a - b);
}

/** Whether every unit gets a new bucket between the two. */
export function isReshuffled(old: Release, next: Release): boolean {
  return old.salt !== next.salt || old.units.join() !== next.units.join();
}

/** The movement of each population between two states of one release. */
export function movement(old: Release, next: Release): PopulationMovement[] {
  const rules = rulesOf(old, next);
  const reshuffled = isReshuffled(old, next);
  return populations(rules).map((population) =>
    populationMovement(old, next, population, edges(rules), reshuffled),
  );
}

function populationMovement(
  old: Release,
  next: Release,
  population: Population,
  cuts: readonly number[],
  reshuffled: boolean,
): PopulationMovement {
  const moves = new Map<string, number>();
  const before = new Map<string, number>();
  const after = new Map<string, number>();
  cuts.slice(0, -1).forEach((from, i) => {
    const width = (cuts[i + 1] as number) - from;
    const [a, b] = [variantAt(old, population, from), variantAt(next, population, from)];
    add(before, a, width);
    add(after, b, width);
    if (a !== b) add(moves, `${a} ${b}`, width);
  });
  const all = reshuffled ? expectedMoves(before, after) : [...moves].map(toMove);
  return {
    who: population.who,
    moved: sum(all),
    minimum: minimumOf(before, after),
    moves: all,
    before,
    after,
  };
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
