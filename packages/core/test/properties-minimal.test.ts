/** Guarantee 3 of the design, minimal, and 2, monotone, in splits: measured on a user of every bucket. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import {
  BUCKETS,
  type CompiledRelease,
  changePlan,
  decide,
  reallocate,
  type SplitPart,
  TinctError,
} from '../src/index.ts';
import { compileShop, percentOf, shop, usersOfAllBuckets } from './generators/rollout.ts';

const SEED = 20_260_110;
const NOW = 1_767_225_600_000;
const STABLE = 'v1';
const VARIANTS = ['v1', 'v2', 'v3'] as const;

const everyBucket = usersOfAllBuckets();
const populations = [{}, { flag: true }];

/** What a user of every bucket is given. */
function assignment(release: CompiledRelease, attributes = {}): string[] {
  return everyBucket.map(
    (user) => decide(release, { units: { user }, attributes, now: NOW }).variant,
  );
}

function assertMinimal(before: readonly string[], after: readonly string[]): number {
  const moved = before.filter((variant, i) => variant !== after[i]).length;
  const count = (of: readonly string[], name: string) =>
    of.filter((variant) => variant === name).length;
  const changes = VARIANTS.map((name) => Math.abs(count(after, name) - count(before, name)));
  assert.equal(moved, changes.reduce((sum, change) => sum + change, 0) / 2);
  return moved;
}

/** Pieces between cuts, dealt to the variants in turn, the first piece to nobody. */
const parts = (names: readonly string[]): fc.Arbitrary<SplitPart[]> =>
  fc.uniqueArray(fc.nat(BUCKETS), { minLength: 4, maxLength: 8 }).map((unsorted) => {
    const edges = unsorted.toSorted((a, b) => a - b);
    const pieces = edges.slice(1).map((to, i) => [edges[i] as number, to] as const);
    return names.map((variant, i) => {
      const ranges = pieces.filter((_, j) => j % (names.length + 1) === i);
      return {
        variant,
        ranges,
        thousandths: ranges.reduce((sum, [from, to]) => sum + to - from, 0),
      };
    });
  });

const toRule = (of: readonly SplitPart[]) => ({
  split: of.map(({ variant, ranges, thousandths }) => ({
    variant,
    percent: percentOf(thousandths),
    ranges,
  })),
});

const splitRule = fc.oneof(parts(['v2', 'v3']), parts(['v3', 'v1', 'v2'])).map(toRule);
const share = fc.oneof(fc.nat(BUCKETS / 4), fc.nat(BUCKETS));
const percentRule = fc
  .tuple(share, fc.constantFrom('v2', 'v3'))
  .map(([to, variant]) => ({ percent: percentOf(to), variant }));
const rule = fc.oneof(splitRule, percentRule);

interface Set {
  readonly rule: number;
  readonly variant: string;
  readonly thousandths: number;
}
const change: fc.Arbitrary<Set> = fc.record({
  rule: fc.constantFrom(0, 1),
  variant: fc.constantFrom(...VARIANTS),
  thousandths: share,
});

/** The text that `plan set` writes; `undefined` where it refuses, such as above 100 %. */
function setOrRefuse(text: string, of: Set): string | undefined {
  try {
    return changePlan(text, { kind: 'percent', release: 'shop', ...of }, { now: NOW }).text;
  } catch (error) {
    if (error instanceof TinctError) return undefined;
    throw error;
  }
}

t.test('3 minimal: what `plan set` writes moves half the sum of the changes', async (t) => {
  const counts = { changed: 0, refused: 0, moved: 0 };
  const property = fc.property(rule, rule, change, (staff, everyone, of) => {
    const text = JSON.stringify(shop([{ cohort: 'staff', ...staff }, everyone]));
    const next = setOrRefuse(text, of);
    counts[next === undefined ? 'refused' : 'changed']++;
    if (next === undefined) return;
    const [before, after] = [compileShop(text), compileShop(next)];
    for (const who of populations) {
      counts.moved += assertMinimal(assignment(before, who), assignment(after, who));
    }
  });
  fc.assert(property, { seed: SEED, numRuns: 24 });
  t.ok(counts.changed > 10 && counts.moved > BUCKETS, JSON.stringify(counts));
  t.comment(`seed ${SEED}: ${JSON.stringify(counts)} of ${BUCKETS} buckets in two populations`);
});

t.test('3 minimal: several shares of a split changed at once', async (t) => {
  const counts = { changes: 0, moved: 0 };
  const shares = fc.tuple(fc.nat(BUCKETS), fc.nat(BUCKETS)).map(([a, b]) => {
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    return new Map([
      ['v2', low],
      ['v3', high - low],
    ]);
  });
  const property = fc.property(parts(['v2', 'v3']), shares, (before, wanted) => {
    const after = reallocate(before, wanted);
    const [was, is] = [before, after].map((of) =>
      assignment(compileShop(JSON.stringify(shop([toRule(of)])))),
    );
    counts.moved += assertMinimal(was ?? [], is ?? []);
    counts.changes++;
  });
  fc.assert(property, { seed: SEED, numRuns: 12 });
  t.ok(counts.moved > BUCKETS, JSON.stringify(counts));
  t.comment(`seed ${SEED}: ${JSON.stringify(counts)} of ${BUCKETS} buckets`);
});

t.test(
  '2 monotone: a variant of a split joins from stable and leaves last joined first',
  async (t) => {
    const counts = { joined: 0, left: 0 };
    const ramp = fc.uniqueArray(fc.nat(BUCKETS / 2), { minLength: 2, maxLength: 4 });
    const property = fc.property(
      parts(['v2', 'v3']),
      ramp,
      fc.nat(BUCKETS / 2),
      (first, unsorted, low) => {
        const held = first[0]?.thousandths ?? 0;
        const steps = unsorted.map((more) => held + more).toSorted((a, b) => a - b);
        let text = JSON.stringify(shop([toRule(first)]));
        let before = assignment(compileShop(text));
        const joined = before.map((variant) => (variant === 'v2' ? 0 : Number.POSITIVE_INFINITY));
        for (const [i, thousandths] of steps.entries()) {
          text = setOrRefuse(text, { rule: 0, variant: 'v2', thousandths }) ?? text;
          const after = assignment(compileShop(text));
          after.forEach((variant, bucket) => {
            if (variant === before[bucket]) return;
            assert.deepEqual([before[bucket], variant], [STABLE, 'v2']);
            joined[bucket] = i + 1;
            counts.joined++;
          });
          before = after;
        }
        text = setOrRefuse(text, { rule: 0, variant: 'v2', thousandths: low }) ?? text;
        counts.left += assertLastJoinedLeft(before, assignment(compileShop(text)), joined);
      },
    );
    fc.assert(property, { seed: SEED, numRuns: 8 });
    t.ok(counts.joined > BUCKETS / 2 && counts.left > BUCKETS / 2, JSON.stringify(counts));
    t.comment(`seed ${SEED}: ${JSON.stringify(counts)} of ${BUCKETS} buckets`);
  },
);

/** Whoever left the canary went to stable, and joined no earlier than whoever stays. */
function assertLastJoinedLeft(
  before: readonly string[],
  after: readonly string[],
  joined: readonly number[],
): number {
  const canary = [...before.keys()].filter((bucket) => before[bucket] === 'v2');
  const stays = canary.filter((bucket) => after[bucket] === 'v2');
  const leaves = canary.filter((bucket) => after[bucket] !== 'v2');
  assert.ok(leaves.every((bucket) => after[bucket] === STABLE));
  const joins = (of: readonly number[]) => of.map((bucket) => joined[bucket] as number);
  const latest = joins(stays).reduce((a, b) => Math.max(a, b), 0);
  const earliest = joins(leaves).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  assert.ok(latest <= earliest, `who joined at step ${latest} stays, ${earliest} leaves`);
  return leaves.length;
}
