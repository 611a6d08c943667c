/** Sorts units by which rules' conditions hold for them: within such a population only the bucket decides. */
import type { AttributeValue, CompiledRelease, CompiledRule } from '@tinct/core';

type Attributes = Readonly<Record<string, AttributeValue>>;
type Test = boolean | ((id: string) => boolean);

/** Which population an id is in. */
export interface Sorter {
  /** Equal for two ids exactly when the same rules' conditions hold for them. */
  readonly keyOf: (id: string) => string;
  /** A key's rules, one by one. */
  readonly holds: (key: string) => readonly boolean[];
}

/** A sorter for ids of one unit type, all with the same attributes. */
export function sorterOf(
  { release, rules }: CompiledRelease,
  unit: string,
  attributes: Attributes,
): Sorter {
  // Without a unit of its type a release asks none of its rules.
  const known = release.units.includes(unit);
  const tests = rules.map((rule) => known && testOf(rule, unit, release.units[0], attributes));
  const asked = tests.filter((test) => typeof test === 'function');
  return {
    keyOf(id) {
      let key = '';
      for (const test of asked) key += test(id) ? '1' : '0';
      return key;
    },
    holds(key) {
      const answers = key[Symbol.iterator]();
      return tests.map((test) => (typeof test === 'boolean' ? test : answers.next().value === '1'));
    },
  };
}

function testOf(
  { users, members, cohortWhen, when }: CompiledRule,
  unit: string,
  declared: string | undefined,
  attributes: Attributes,
): Test {
  if (cohortWhen !== undefined && cohortWhen(attributes) !== true) return false;
  if (when !== undefined && when(attributes) !== true) return false;
  if (users !== undefined && unit !== declared) return false;
  if (members !== undefined && members.unit !== unit) return false;
  const has = members?.has;
  if (users === undefined && has === undefined) return true;
  return (id) => (users?.has(id) ?? true) && (has?.(id) ?? true);
}
