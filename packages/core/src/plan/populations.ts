/** Whom the rules of a release tell apart: units that satisfy the same conditions other than percentages. */
import type { Rule } from './plan.ts';
import { idsText } from './words.ts';

/** Rules by their conditions, each of which has a number that is equal exactly when the condition is. */
export interface Conditions {
  readonly rules: ReadonlyMap<Rule, RuleConditions>;
  /** The number of a `users` condition → its ids. */
  readonly lists: ReadonlyMap<number, readonly string[]>;
}

interface RuleConditions {
  readonly users: number | undefined;
  readonly others: readonly number[];
  /** The others in words. */
  readonly text: string;
}

/** The conditions that hold for a population; no others do. */
export interface Population {
  readonly who: string;
  readonly holds: ReadonlySet<number>;
}

/** Numbers the conditions of rules. */
export function conditionsOf(rules: readonly Rule[]): Conditions {
  const numbers = new Map<string, number>();
  const lists = new Map<number, readonly string[]>();
  const numberOf = (text: string): number => {
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    return number;
  };
  const conditions = rules.map((rule): [Rule, RuleConditions] => {
    const texts = otherConditions(rule);
    const users = rule.users && numberOf(`users ${JSON.stringify(rule.users)}`);
    if (rule.users !== undefined && users !== undefined) lists.set(users, rule.users);
    return [rule, { users, others: texts.map(numberOf), text: texts.map(shorten).join(' and ') }];
  });
  return { rules: new Map(conditions), lists };
}

function otherConditions({ cohort, when }: Rule): string[] {
  const texts: string[] = [];
  if (cohort !== undefined) texts.push(`cohort ${cohort}`);
  if (when !== undefined) texts.push(`when ${JSON.stringify(when)}`);
  return texts;
}

/** Ids that stand in the same `users` lists, of all the rules, belong together. */
function userPopulations(lists: Conditions['lists']): Population[] {
  const listsOf = new Map<string, number[]>();
  for (const [number, ids] of lists) {
    for (const id of new Set(ids)) {
      const of = listsOf.get(id);
      if (of === undefined) listsOf.set(id, [number]);
      else of.push(number);
    }
  }
  const groups = Map.groupBy(listsOf, ([, of]) => of.join());
  return [...groups.values()].map((group) => ({
    who: `users ${idsText(group.map(([id]) => id))}`,
    holds: new Set(group[0]?.[1]),
  }));
}

/** Those for whom exactly the conditions of a rule hold; with `users`, each group of its ids apart. */
function rulePopulations(
  { users, others, text }: RuleConditions,
  groups: readonly Population[],
): Population[] {
  if (others.length === 0) return [];
  if (users === undefined) return [{ who: text, holds: new Set(others) }];
  return groups
    .filter(({ holds }) => holds.has(users))
    .map(({ who, holds }) => ({
      who: `${who} and ${text}`,
      holds: new Set([...holds, ...others]),
    }));
}

/** Everyone for whom exactly the conditions of one rule hold, for each rule, and everyone for whom none does. */
export function populations({ rules, lists }: Conditions): Population[] {
  const users = userPopulations(lists);
  const ruled = [...rules.values()].flatMap((conditions) => rulePopulations(conditions, users));
  const some = [...users, ...ruled];
  const all = [
    ...some,
    { who: some.length > 0 ? 'everyone else' : 'everyone', holds: new Set<number>() },
  ];
  const key = ({ holds }: Population) => [...holds].toSorted((a, b) => a - b).join();
  return [...new Map(all.map((population) => [key(population), population])).values()];
}

function shorten(atom: string): string {
  return atom.length > 80 ? `${atom.slice(0, 79)}…` : atom;
}

/** Whether a rule is for a population, percentages aside. */
export function matches(rule: Rule, { holds }: Population, { rules }: Conditions): boolean {
  const of = rules.get(rule);
  return (
    of !== undefined &&
    (of.users === undefined || holds.has(of.users)) &&
    of.others.every((other) => holds.has(other))
  );
}
