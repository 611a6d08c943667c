import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { BUCKETS, bucketer, bucketOf } from '../src/bucket/bucket.ts';
import { compilePlan } from '../src/decide/compile.ts';
import type { CompiledRelease } from '../src/decide/compiled.ts';
import { decide } from '../src/decide/decide.ts';
import { movement, type PopulationMovement, widens } from '../src/plan/movement.ts';
import type { Condition, Outcome, Plan, Release, Rule } from '../src/plan/plan.ts';

const SALT = 'r';

/** A key for each bucket, beginning with a letter. */
function keysPerBucket(letter: string): string[] {
  const of = bucketer(SALT, 'user');
  const keys = new Array<string>(BUCKETS);
  for (let i = 0, found = 0; found < BUCKETS; i++) {
    const key = `${letter}${i}`;
    const bucket = bucketOf(of, key);
    if (keys[bucket] === undefined) found++;
    keys[bucket] ??= key;
  }
  return keys;
}

/** `a` and `b` are listed in `users`, by all or none; `e` never. */
const KEYS = { a: keysPerBucket('a'), b: keysPerBucket('b'), e: keysPerBucket('e') };
type Letter = keyof typeof KEYS;
const LISTS = [KEYS.a, KEYS.b, [...KEYS.a, ...KEYS.b]];

const attribute = (name: string): Condition => ({
  kind: 'attribute',
  attribute: name,
  comparisons: [{ op: 'equals', operand: true }],
});
const COHORTS = { c: attribute('c'), d: attribute('d') };

const rule = (outcome: Outcome, conditions: Partial<Rule> = {}): Rule => ({
  users: undefined,
  cohort: undefined,
  when: undefined,
  ...conditions,
  outcome,
});
const all = (variant: string): Outcome => ({ kind: 'everyone', variant });
const percent = (share: number, variant = 'v2'): Outcome => ({
  kind: 'percent',
  variant,
  thousandths: share * 1_000,
});

function release(rules: readonly Rule[], more: Partial<Release> = {}): Release {
  const labels = { v1: {}, v2: {}, v3: {} };
  return {
    name: SALT,
    state: 'running',
    epoch: 1,
    stable: 'v1',
    winner: undefined,
    baseline: undefined,
    units: ['user'],
    salt: SALT,
    header: 'x-tinct-r',
    hosts: [],
    paths: [],
    services: [
      {
        ...{ name: 's', host: 's', subsets: labels, protocol: 'http', exposed: true },
        ...{ port: undefined, targetPort: undefined, selector: undefined },
      },
    ],
    slo: { availability: undefined, latency: undefined },
    metrics: [],
    memory: undefined,
    stickySince: 0,
    rules,
    ...more,
  };
}

function compiled(of: Release): CompiledRelease {
  const cohorts = Object.entries(COHORTS).map(([name, condition]) => [
    name,
    { kind: 'when', condition } as const,
  ]);
  const plan: Plan = {
    name: 'p',
    revision: 1,
    owner: undefined,
    identity: [],
    attributes: {},
    cohorts: Object.fromEntries(cohorts),
    releases: { [of.name]: of },
    istio: { namespace: undefined, gateways: [] },
  };
  return compilePlan(plan).releases[0] as CompiledRelease;
}

/** Whose keys, and which conditions, a population's words speak of. */
function contextOf(who: string): { letters: Letter[]; attributes: Record<string, boolean> } {
  const letters = Object.keys(KEYS).filter((letter) => who.includes(`"${letter}`)) as Letter[];
  const both = who.includes(`and ${2 * BUCKETS - 3} more`);
  const attributes = { c: /cohort c/.test(who), d: /cohort d/.test(who), w: /when/.test(who) };
  return { letters: both ? ['a', 'b'] : letters.length > 0 ? letters : ['e'], attributes };
}

function counted(of: readonly string[]): Map<string, number> {
  return new Map([...Map.groupBy(of, (one) => one)].map(([one, many]) => [one, many.length]));
}

/** Decides for a key of each bucket, and counts. */
function bruteForce(old: CompiledRelease, next: CompiledRelease, who: string) {
  const { letters, attributes } = contextOf(who);
  return letters.map((letter) => {
    const variants = (of: CompiledRelease) =>
      KEYS[letter].map((user) => decide(of, { units: { user }, attributes, now: 0 }).variant);
    const [before, after] = [variants(old), variants(next)];
    const moves = before.flatMap((from, i) => (from === after[i] ? [] : [`${from} ${after[i]}`]));
    return { before: counted(before), after: counted(after), moves: counted(moves) };
  });
}

function assertExact(found: PopulationMovement, old: CompiledRelease, next: CompiledRelease): void {
  const moves = new Map(
    found.moves.map(({ from, to, thousandths }) => [`${from} ${to}`, thousandths]),
  );
  for (const real of bruteForce(old, next, found.who)) {
    assert.deepEqual(found.before, real.before, found.who);
    assert.deepEqual(found.after, real.after, found.who);
    assert.deepEqual(moves, real.moves, found.who);
    const counts = [...real.moves.values()].reduce((sum, count) => sum + count, 0);
    assert.equal(found.moved, counts, found.who);
    assert.equal(found.minimum, halfOfChanges(real.before, real.after), found.who);
    assert.ok(found.minimum <= found.moved);
  }
}

function halfOfChanges(before: Map<string, number>, after: Map<string, number>): number {
  const changes = ['v1', 'v2', 'v3'].map((v) =>
    Math.abs((after.get(v) ?? 0) - (before.get(v) ?? 0)),
  );
  return changes.reduce((sum, change) => sum + change, 0) / 2;
}

const variant = fc.constantFrom('v1', 'v2', 'v3');
const share = fc.oneof(fc.constantFrom(0, 1, BUCKETS - 1, BUCKETS), fc.nat(BUCKETS));

/** Ranges of two variants between cuts, in any order. */
const split: fc.Arbitrary<Outcome> = fc
  .uniqueArray(fc.nat(BUCKETS), { minLength: 4, maxLength: 4 })
  .map((cuts) => {
    const [a = 0, b = 0, c = 0, d = 0] = cuts.toSorted((x, y) => x - y);
    return {
      kind: 'split',
      parts: [
        {
          variant: 'v2',
          thousandths: b - a + d - c,
          ranges: [
            [c, d],
            [a, b],
          ],
        },
        { variant: 'v3', thousandths: c - b, ranges: [[b, c]] },
      ],
    };
  });

const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  variant.map(all),
  fc.record({ kind: fc.constant('percent' as const), variant, thousandths: share }),
  split,
);

const rules = fc.array(
  fc.record({
    users: fc.option(fc.constantFrom(...LISTS), { nil: undefined, freq: 2 }),
    cohort: fc.option(fc.constantFrom('c', 'd'), { nil: undefined, freq: 2 }),
    when: fc.option(fc.constant(attribute('w')), { nil: undefined, freq: 1 }),
    outcome,
  }),
  { maxLength: 4 },
);

/** Only a completed release has a winner, and an aborted one may have kept it. */
const state = fc.constantFrom<Partial<Release>>(
  {},
  {},
  { state: 'paused', stable: 'v2' },
  { state: 'aborted' },
  { state: 'aborted', winner: 'v2' },
  { state: 'completed', winner: 'v3' },
);
const anyRelease = fc.tuple(rules, state).map(([rules, more]) => release(rules, more));

t.test('any two states: who moves is exactly what decide gives for every bucket', async () => {
  fc.assert(
    fc.property(anyRelease, anyRelease, (old, next) => {
      const [compiledOld, compiledNext] = [compiled(old), compiled(next)];
      for (const found of movement(old, next)) assertExact(found, compiledOld, compiledNext);
    }),
    { numRuns: 8, endOnFailure: true },
  );
});

t.test('a change of one rule: the same, and whoever leaves stable widens it', async () => {
  fc.assert(
    fc.property(rules, fc.nat(3), outcome, (before, index, other) => {
      const after = before.map((one, i) => (i === index ? { ...one, outcome: other } : one));
      const [old, next] = [release(before), release(after)];
      const found = movement(old, next);
      for (const one of found) assertExact(one, compiled(old), compiled(next));
      const leave = found.some((one) => one.moves.some(({ from }) => from === 'v1'));
      assert.equal(widens(old, next), leave);
    }),
    { numRuns: 8, endOnFailure: true },
  );
});

const summary = (of: readonly PopulationMovement[]) =>
  of.map(({ who, moved, minimum }) => ({ who, moved, minimum }));

t.test('nothing but percentages: everyone is one population', async (t) => {
  const found = movement(release([rule(percent(5))]), release([rule(percent(20))]));
  t.strictSame(summary(found), [{ who: 'everyone', moved: 15_000, minimum: 15_000 }]);
  t.strictSame(found[0]?.moves, [{ from: 'v1', to: 'v2', thousandths: 15_000 }]);
  t.strictSame(
    found[0]?.before,
    new Map([
      ['v2', 5_000],
      ['v1', 95_000],
    ]),
  );
});

t.test('no rules, then no rules: one population that stays', async (t) => {
  t.strictSame(summary(movement(release([]), release([]))), [
    { who: 'everyone', moved: 0, minimum: 0 },
  ]);
});

t.test('lists of users that overlap between old and new are told apart', async (t) => {
  const old = release([rule(all('v2'), { users: ['1', '2', '3'] })]);
  const next = release([rule(all('v2'), { users: ['3', '4'] }), rule(all('v3'), { users: ['5'] })]);
  t.strictSame(summary(movement(old, next)), [
    { who: 'users "1", "2"', moved: BUCKETS, minimum: BUCKETS },
    { who: 'users "3"', moved: 0, minimum: 0 },
    { who: 'users "4"', moved: BUCKETS, minimum: BUCKETS },
    { who: 'users "5"', moved: BUCKETS, minimum: BUCKETS },
    { who: 'everyone else', moved: 0, minimum: 0 },
  ]);
});

t.test('listed users who must be in a cohort as well are a population of their own', async (t) => {
  const with5 = rule(percent(5), { users: ['1', '2'], cohort: 'c' });
  const with6 = rule(percent(6), { users: ['1', '2'], cohort: 'c' });
  t.strictSame(summary(movement(release([with5]), release([with6]))), [
    { who: 'users "1", "2"', moved: 0, minimum: 0 },
    { who: 'users "1", "2" and cohort c', moved: 1_000, minimum: 1_000 },
    { who: 'everyone else', moved: 0, minimum: 0 },
  ]);
});

t.test('a list of 10,000 users is told apart at once', async (t) => {
  const ids = Array.from({ length: 10_000 }, (_, i) => `user-${i}`);
  const old = release([rule(all('v2'), { users: ids })]);
  const next = release([rule(all('v2'), { users: ids.slice(5_000) })]);
  const start = performance.now();
  const found = summary(movement(old, next));
  t.ok(performance.now() - start < 2_000, 'linear, not by each pair');
  t.strictSame(
    found.map(({ moved }) => moved),
    [BUCKETS, 0, 0],
  );
  t.match(found[0]?.who, /^users "user-0", "user-1", "user-2" and 4997 more$/);
});

t.test('a move that is larger than it had to be shows both numbers', async (t) => {
  const part = (from: number, to: number): Outcome => ({
    kind: 'split',
    parts: [{ variant: 'v2', thousandths: to - from, ranges: [[from, to]] }],
  });
  const found = movement(release([rule(part(0, 5_000))]), release([rule(part(50_000, 56_000))]));
  t.strictSame(summary(found), [{ who: 'everyone', moved: 11_000, minimum: 1_000 }]);
});

t.test('abort takes everyone back, completion gives everyone the winner', async (t) => {
  const running = release([rule(percent(30))]);
  const aborted = movement(running, release(running.rules, { state: 'aborted' }));
  t.strictSame(aborted[0]?.moves, [{ from: 'v2', to: 'v1', thousandths: 30_000 }]);
  const completed = movement(running, release(running.rules, { state: 'completed', winner: 'v2' }));
  t.strictSame(completed[0]?.moves, [{ from: 'v1', to: 'v2', thousandths: 70_000 }]);
});

t.test(
  'a new salt: the share that moves is the expected one, and decide gives nearly that',
  async (t) => {
    const old = release([rule(percent(30))]);
    const next = release([rule(percent(40))], { salt: 'other' });
    const found = movement(old, next)[0];
    t.strictSame(found?.moves, [
      { from: 'v2', to: 'v1', thousandths: 18_000 },
      { from: 'v1', to: 'v2', thousandths: 28_000 },
    ]);
    t.strictSame([found?.moved, found?.minimum], [46_000, 10_000]);
    const real = bruteForce(compiled(old), compiled(next), 'everyone')[0]?.moves;
    for (const { from, to, thousandths } of found?.moves ?? []) {
      t.ok(Math.abs((real?.get(`${from} ${to}`) ?? 0) - thousandths) < 600, `${from} → ${to}`);
    }
  },
);

t.test('a new salt moves nobody where all have the same', async (t) => {
  const old = release([rule(all('v2'), { users: ['1'] })]);
  const found = movement(old, release(old.rules, { salt: 'other' }));
  t.strictSame(
    found.map(({ moved }) => moved),
    [0, 0],
  );
});

t.test('another unit type is a reshuffle, too', async (t) => {
  const old = release([rule(percent(50))]);
  t.equal(movement(old, release(old.rules, { units: ['tenant'] }))[0]?.moved, 50_000);
});
