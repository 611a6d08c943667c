/** Guarantee 2 of the design, monotone. Splits are in `properties-minimal.test.ts`. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { BUCKETS, type CompiledRelease, decide } from '../src/index.ts';
import { context } from './generators/requests.ts';
import { compileShop, percentOf, rollout, shop } from './generators/rollout.ts';

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
