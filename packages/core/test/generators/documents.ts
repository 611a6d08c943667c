/**
 * Plan documents for the property tests. Values come from small pools, so that ids meet lists, operands meet
 * attributes, and percentages meet the very buckets of the ids.
 */
import fc from 'fast-check';
import { formatPercent } from '../../src/percent.ts';
import { attributes, condition } from './conditions.ts';
import {
  BUCKETS_OF_IDS,
  DAY,
  DIGESTS,
  epoch,
  HOUR,
  maybe,
  NAMES,
  NOW,
  some,
  UNITS,
  VARIANTS,
  variant,
  wellFormedId,
} from './pools.ts';

type Json = Record<string, unknown>;

const iso = (at: number) => new Date(at).toISOString();

/** Nobody, everybody, round numbers, and the edge of an id's bucket. */
export const thousandths: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(0, 1, 1000, 5000, 50_000, 99_999, 100_000),
  fc.constantFrom(...BUCKETS_OF_IDS),
  fc.constantFrom(...BUCKETS_OF_IDS).map((bucket) => bucket + 1),
  fc.integer({ min: 0, max: 100_000 }),
);

const percentOf = (width: number) => Number(formatPercent(width));

/** Ranges between cuts, each given to one of the variants or to nobody. */
export const split = fc
  .tuple(
    fc.uniqueArray(thousandths, { minLength: 2, maxLength: 7 }),
    fc.array(fc.nat(VARIANTS.length), { minLength: 6, maxLength: 6 }),
    fc.uniqueArray(variant, { minLength: 1, maxLength: 3 }),
  )
  .map(([cuts, owners, variants]) => {
    const edges = cuts.toSorted((a, b) => a - b);
    return variants.map((name, i) => {
      const ranges = edges
        .slice(1)
        .map((to, j) => [edges[j] as number, to])
        .filter((_, j) => owners[j] === i);
      const width = ranges.reduce((sum, [from = 0, to = 0]) => sum + to - from, 0);
      return { variant: name, percent: percentOf(width), ranges };
    });
  });

const COHORTS = ['vips', 'beta', 'gone', 'staff', 'tenants', 'visitors'];

const users = fc.array(wellFormedId, { minLength: 1, maxLength: 6 });
const cohort = fc.constantFrom(...COHORTS);

/** Mostly one condition or none, now and then all at once. */
const asked: fc.Arbitrary<Json> = fc.oneof(
  { weight: 5, arbitrary: fc.constant({}) },
  { weight: 3, arbitrary: fc.record({ users }) },
  { weight: 3, arbitrary: fc.record({ cohort }) },
  { weight: 4, arbitrary: fc.record({ when: condition }) },
  { weight: 1, arbitrary: some({ users, cohort, when: condition }) },
);

/** Mostly the same one: two shares of everyone may not give different variants. */
const given = fc.constantFrom('v2', 'v2', 'v2', 'v2', ...VARIANTS);

const rule: fc.Arbitrary<Json> = fc
  .tuple(
    asked,
    fc.oneof(
      { weight: 2, arbitrary: fc.record({ variant: given }) },
      { weight: 5, arbitrary: fc.record({ variant: given, percent: thousandths.map(percentOf) }) },
      { weight: 3, arbitrary: fc.record({ split }) },
    ),
  )
  .map(([conditions, outcome]) => ({ ...conditions, ...outcome }));

const memory = fc.record(
  {
    maxAge: fc.constantFrom('1h', '30d', '30d', '0ms'),
    continuity: fc.constantFrom(true, true, false),
  },
  { requiredKeys: ['maxAge'] },
);

const subsets = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, { version: name }]));

/** One service that has every variant; sometimes a second that lacks v4, which no rule may then give. */
const services = (name: string) =>
  fc.boolean().map((second) => ({
    [name]: { host: `${name}.svc`, subsets: subsets(VARIANTS) },
    ...(second && {
      [`${name}-2`]: { host: `${name}-2.svc`, subsets: subsets(VARIANTS.slice(0, 3)) },
    }),
  }));

const scope = some({
  hosts: fc.uniqueArray(
    fc.constantFrom(
      'shop.example',
      '*.shop.example',
      '*.example',
      'a.b.shop.example',
      'other.test',
    ),
    { minLength: 1, maxLength: 3 },
  ),
  paths: fc.uniqueArray(fc.constantFrom('/', '/api', '/api/', '/api/v1', '/API'), {
    minLength: 1,
    maxLength: 2,
  }),
});

const state = fc.oneof(
  { weight: 12, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constant({ state: 'paused' }) },
  { weight: 1, arbitrary: fc.constant({ state: 'aborted' }) },
  { weight: 1, arbitrary: variant.map((winner) => ({ state: 'completed', winner })) },
);

export const release = (name: string): fc.Arbitrary<Json> =>
  fc
    .tuple(
      state,
      fc.record({ stable: fc.constantFrom('v1', 'v1', ...VARIANTS), services: services(name) }),
      some({
        epoch,
        salt: fc.constantFrom('ümläut', 's', '😀'),
        scope,
        stickySince: fc.constantFrom(NOW - DAY, NOW - DAY, NOW - HOUR, NOW).map(iso),
      }),
      maybe(fc.constantFrom(...UNITS), 25),
      maybe(fc.array(rule, { minLength: 1, maxLength: 5, size: 'max' }), 90),
      maybe(memory, 70),
    )
    .map(([ofState, required, optional, unit, rules, remembers]) => ({
      ...ofState,
      ...required,
      ...optional,
      ...(unit && { unit }),
      ...(rules && { rules }),
      ...(remembers && { memory: remembers }),
    }));

const cohorts = fc.record({
  vips: fc.array(wellFormedId, { maxLength: 4 }).map((users) => ({ users })),
  beta: fc.constant({ list: 'beta.txt', sha256: DIGESTS.beta }),
  gone: fc.constant({ list: 'gone.txt', sha256: DIGESTS.gone, unit: 'tenant' }),
  staff: condition.map((when) => ({ when })),
  tenants: fc.array(wellFormedId, { maxLength: 4 }).map((users) => ({ users, unit: 'tenant' })),
  visitors: fc.constant({ users: ['anon-1'], unit: 'anonymous' }),
});

/** Plan documents; most are valid, and those that are not are for `parsePlan` to refuse. */
export const document: fc.Arbitrary<Json> = fc
  .uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 2 })
  .chain((names) =>
    fc.record({
      apiVersion: fc.constant('tinct.dev/v1'),
      kind: fc.constant('Plan'),
      metadata: fc.record({ name: fc.constant('shop'), revision: fc.integer({ min: 1, max: 99 }) }),
      attributes: fc.constant(attributes.declared),
      cohorts,
      releases: fc.record(Object.fromEntries(names.map((name) => [name, release(name)]))),
    }),
  );
