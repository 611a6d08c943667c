/** Guarantees 2 (monotone) and 3 (minimal) of the design. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { BUCKETS, type CompiledRelease, changePlan, decide, TinctError } from '../src/index.ts';
import { context } from './generators/requests.ts';
import { compileShop, percentOf, rollout, shop, usersOfAllBuckets } from './generators/rollout.ts';

const SEED = 20_260_104;
const NOW = 1_767_225_600_000;
const contexts = (length: number) => fc.array(context, { minLength: length, maxLength: length });

/** Units whose decisions are watched while a percentage changes. */
const crowd = Array.from({ length: 40 }, (_, i) => `user-${i}`);

t.test(
  '2 monotone: raising a percentage only moves units from stable into the canary',
  async (t) => {
    const runs = 250;
    let moved = 0;
    let compared = 0;
    const steps = fc
      .tuple(fc.nat(BUCKETS), fc.nat(BUCKETS))
      .map((of) => of.toSorted((a, b) => a - b));
    const property = fc.property(
      rollout,
      steps,
      contexts(4),
      ({ at }, [from = 0, to = 0], requests) => {
        const [before, after] = [at(from), at(to)];
        for (const request of requests) {
          for (const user of crowd) {
            const of = {
              ...request,
              units: { ...request.units, user },
              carried: {},
              overrides: {},
            };
            const [was, is] = [decide(before, of).variant, decide(after, of).variant];
            compared++;
            if (was === is) continue;
            assert.deepEqual([was, is], ['v1', 'v2'], `${user} from ${from} to ${to}`);
            moved++;
          }
        }
      },
    );
    fc.assert(property, { seed: SEED, numRuns: runs });
    t.ok(moved > 1000, `${moved} moved`);
    t.comment(`seed ${SEED}: ${runs} changes, ${compared} units compared, ${moved} moved`);
  },
);

t.test('2 monotone: lowering a percentage evicts the last joined first', async (t) => {
  const runs = 60;
  let evictions = 0;
  const users = Array.from({ length: 500 }, (_, i) => `user-${i}`);
  const inCanary = (release: CompiledRelease, user: string) =>
    decide(release, { units: { user }, now: NOW }).variant === 'v2';
  const ramp = fc.uniqueArray(fc.nat(BUCKETS), { minLength: 4, maxLength: 8 });
  const property = fc.property(ramp, fc.nat(BUCKETS), (unsorted, lowered) => {
    const steps = unsorted.toSorted((a, b) => a - b);
    const at = (to: number) =>
      compileShop(JSON.stringify(shop([{ percent: percentOf(to), variant: 'v2' }])));
    const releases = steps.map(at);
    const joined = new Map(
      users.map((user) => [user, releases.findIndex((release) => inCanary(release, user))]),
    );
    const low = at(lowered);
    const canary = users.filter((user) => joined.get(user) !== -1);
    const [stayed, evicted] = [true, false].map((stays) =>
      canary
        .filter((user) => inCanary(low, user) === stays)
        .map((user) => joined.get(user) as number),
    );
    evictions += evicted?.length ?? 0;
    assert.ok(Math.max(...(stayed ?? []), -1) <= Math.min(...(evicted ?? []), steps.length));
  });
  fc.assert(property, { seed: SEED, numRuns: runs });
  t.ok(evictions > 1000, `${evictions} evicted`);
  t.comment(`seed ${SEED}: ${runs} ramps of ${users.length} units, ${evictions} evicted`);
});

const everyBucket = usersOfAllBuckets();
const populations = [{}, { flag: true }];

/** What every bucket of each population is given. */
function assignment(release: CompiledRelease): string[][] {
  return populations.map((attributes) =>
    everyBucket.map((user) => decide(release, { units: { user }, attributes, now: NOW }).variant),
  );
}

/** How many units changed, and half the sum of the changes of the variants' shares. */
function movement(
  before: readonly string[],
  after: readonly string[],
): [moved: number, least: number] {
  const moved = before.filter((variant, i) => variant !== after[i]).length;
  const count = (of: readonly string[], name: string) =>
    of.filter((variant) => variant === name).length;
  const changes = ['v1', 'v2', 'v3'].map((name) =>
    Math.abs(count(after, name) - count(before, name)),
  );
  return [moved, changes.reduce((sum, change) => sum + change, 0) / 2];
}

const cuts = fc.uniqueArray(fc.nat(BUCKETS), { minLength: 4, maxLength: 7 });
const splitRule = fc.tuple(cuts, fc.boolean()).map(([unsorted, withStable]) => {
  const edges = unsorted.toSorted((a, b) => a - b);
  const pieces = edges.slice(1).map((to, i) => [edges[i] as number, to]);
  const names = withStable ? ['v2', 'v3', 'v1'] : ['v2', 'v3'];
  const split = names.map((variant, i) => {
    const ranges = pieces.filter((_, j) => j % names.length === i);
    const width = ranges.reduce((sum, [from = 0, to = 0]) => sum + to - from, 0);
    return { variant, percent: percentOf(width), ranges };
  });
  return { split };
});
const percentRule = fc
  .tuple(fc.nat(BUCKETS), fc.constantFrom('v2', 'v3'))
  .map(([to, variant]) => ({ percent: percentOf(to), variant }));
const rules = fc.record({
  staff: fc.oneof(splitRule, percentRule),
  everyone: fc.oneof(splitRule, percentRule),
});
const change = fc.record({
  rule: fc.constantFrom(0, 1),
  variant: fc.constantFrom('v1', 'v2', 'v3'),
  thousandths: fc.nat(BUCKETS),
});

t.test(
  '3 minimal: what `plan set` writes moves half the sum of the changes, and no more',
  async (t) => {
    const runs = 40;
    const counts = { changed: 0, refused: 0, moved: 0 };
    const property = fc.property(rules, change, ({ staff, everyone }, of) => {
      const text = JSON.stringify(shop([{ cohort: 'staff', ...staff }, everyone]));
      const next = setOrRefuse(text, of);
      if (next === undefined) {
        counts.refused++;
        return;
      }
      const [before, after] = [text, next].map((plan) => assignment(compileShop(plan)));
      populations.forEach((_, i) => {
        const [moved, least] = movement(before?.[i] ?? [], after?.[i] ?? []);
        assert.equal(moved, least);
        counts.moved += moved;
      });
      counts.changed++;
    });
    fc.assert(property, { seed: SEED, numRuns: runs });
    t.ok(counts.changed > runs / 3 && counts.moved > BUCKETS);
    t.comment(
      `seed ${SEED}: ${counts.changed} changes of all buckets in two populations, ${counts.moved} units moved, ${counts.refused} refused`,
    );
  },
);

/** The text that `plan set` writes; `undefined` where it refuses, such as above 100 %. */
function setOrRefuse(
  text: string,
  of: { readonly rule: number; readonly variant: string; readonly thousandths: number },
): string | undefined {
  try {
    return changePlan(text, { kind: 'percent', release: 'shop', ...of }, { now: NOW }).text;
  } catch (error) {
    if (error instanceof TinctError) return undefined;
    throw error;
  }
}
