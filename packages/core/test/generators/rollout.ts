/** Rollouts of one canary: releases in which a percentage is raised and lowered, and a unit for every bucket. */
import fc from 'fast-check';
import {
  BUCKETS,
  bucketer,
  bucketOf,
  type CompiledRelease,
  compilePlan,
  formatPercent,
  parsePlan,
} from '../../src/index.ts';
import { condition, attributes as pool } from './conditions.ts';
import { maybe, wellFormedId } from './pools.ts';

export type Json = Record<string, unknown>;

export const SALT = 'my-service';
export const percentOf = (thousandths: number) => Number(formatPercent(thousandths));

/** Compiles a plan with one release, `shop`. */
export function compileShop(text: string): CompiledRelease {
  const { plan, findings } = parsePlan(text);
  const [release] = plan === undefined ? [] : compilePlan(plan).releases;
  if (release === undefined) throw new Error(JSON.stringify(findings));
  return release;
}

export function shop(rules: readonly Json[], more: Json = {}): Json {
  const names = ['v1', 'v2', 'v3'];
  const subsets = Object.fromEntries(names.map((name) => [name, { version: name }]));
  const services = { shop: { host: 'shop.svc', subsets } };
  return {
    apiVersion: 'tinct.dev/v1',
    kind: 'Plan',
    metadata: { name: 'shop', revision: 1 },
    attributes: pool.declared,
    cohorts: { staff: { when: { attribute: 'flag', equals: true } } },
    releases: { shop: { stable: 'v1', salt: SALT, services, rules, ...more } },
  };
}

const share = fc.nat({ max: BUCKETS });
const asked = fc.oneof(
  fc.constant({}),
  fc.record({ when: condition }),
  fc.record({ cohort: fc.constant('staff') }),
  fc.array(wellFormedId, { minLength: 1, maxLength: 6 }).map((users) => ({ users })),
);

/** A rule that gives the canary, or one that denies it. */
const other: fc.Arbitrary<Json> = fc.oneof(
  fc.tuple(asked, share).map(([of, to]) => ({ ...of, percent: percentOf(to), variant: 'v2' })),
  fc.record({
    users: fc.array(wellFormedId, { minLength: 1 }),
    variant: fc.constantFrom('v1', 'v2'),
  }),
  fc.record({ when: condition, variant: fc.constantFrom('v1', 'v2') }),
);

export interface Rollout {
  /** The plan with a percentage in the place of the one that is changed. */
  readonly at: (thousandths: number) => CompiledRelease;
}

/** Some rules, one of them the percentage that is raised; every other variant is stable or the canary. */
export const rollout: fc.Arbitrary<Rollout> = fc
  .record({
    before: fc.array(other, { maxLength: 2 }),
    of: asked,
    after: fc.array(other, { maxLength: 2 }),
    memory: maybe(fc.constant({ maxAge: '30d', continuity: true }), 50),
  })
  .map(({ before, of, after, memory }) => ({
    at: (thousandths: number) => {
      const changed = { ...of, percent: percentOf(thousandths), variant: 'v2' };
      const rules = [...before, changed, ...after];
      return compileShop(JSON.stringify(shop(rules, { ...(memory && { memory }) })));
    },
  }));

/** For each bucket, in order, a user who is in it. */
export function usersOfAllBuckets(): string[] {
  const of = bucketer(SALT, 'user');
  const users = new Array<string>(BUCKETS);
  for (let i = 0, found = 0; found < BUCKETS; i++) {
    const user = `u${i}`;
    const bucket = bucketOf(of, user);
    if (users[bucket] !== undefined) continue;
    users[bucket] = user;
    found++;
  }
  return users;
}
