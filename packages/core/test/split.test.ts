import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { BUCKETS } from '../src/bucket/bucket.ts';
import { formatPercent } from '../src/percent.ts';
import { parsePlan } from '../src/plan/parse.ts';
import type { SplitPart } from '../src/plan/plan.ts';
import { reallocate, widthOf } from '../src/plan/split.ts';

/** Nobody's: no variant can have this name. */
const REST = '';
const NAMES = ['v2', 'v3', 'v4', 'v5'];

const part = (variant: string, ...ranges: [number, number][]): SplitPart => ({
  variant,
  thousandths: widthOf(ranges),
  ranges,
});

/** Who has each of the 100,000 buckets, one by one. */
function owners(parts: readonly SplitPart[]): string[] {
  const of = new Array<string>(BUCKETS).fill(REST);
  for (const { variant, ranges } of parts) {
    for (const [from, to] of ranges) {
      for (let bucket = from; bucket < to; bucket++) {
        assert.equal(of[bucket], REST, `bucket ${bucket} is given twice`);
        of[bucket] = variant;
      }
    }
  }
  return of;
}

function movedBuckets(before: readonly string[], after: readonly string[]): Map<string, number> {
  const moves = new Map<string, number>();
  before.forEach((from, bucket) => {
    const to = after[bucket] as string;
    if (from !== to) moves.set(`${from}>${to}`, (moves.get(`${from}>${to}`) ?? 0) + 1);
  });
  return moves;
}

const total = (of: Iterable<number>) => [...of].reduce((sum, value) => sum + value, 0);

function halfOfChanges(before: readonly string[], after: readonly string[]): number {
  const changes = [REST, ...NAMES].map((name) => {
    const count = (of: readonly string[]) => of.filter((owner) => owner === name).length;
    return Math.abs(count(after) - count(before));
  });
  return total(changes) / 2;
}

/** Shares of the variants in thousandths that do not exceed 100 %. */
const shares = fc
  .array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 5 }), fc.nat(BUCKETS)), {
    minLength: NAMES.length,
    maxLength: NAMES.length,
  })
  .map((wanted) => {
    let left = BUCKETS;
    return wanted.map((share) => {
      const given = Math.min(share, left);
      left -= given;
      return given;
    });
  })
  .chain((given) => fc.shuffledSubarray(given, { minLength: NAMES.length }));

const named = (given: readonly number[]) => new Map(NAMES.map((name, i) => [name, given[i] ?? 0]));

/** A split as some history of changes left it. */
const history = fc
  .array(shares, { minLength: 1, maxLength: 4 })
  .map((steps) => steps.reduce<SplitPart[]>((parts, step) => reallocate(parts, named(step)), []));

/** Stable, without which nobody could have the rest, and a subset for each variant. */
function planWith(parts: readonly SplitPart[]): string {
  const split = parts.map(({ variant, thousandths, ranges }) => ({
    variant,
    percent: Number(formatPercent(thousandths)),
    ranges,
  }));
  const subsets = Object.fromEntries(['v1', ...NAMES].map((name) => [name, { version: name }]));
  return JSON.stringify({
    apiVersion: 'tinct.dev/v1',
    kind: 'Plan',
    metadata: { name: 'p', revision: 1 },
    releases: { r: { stable: 'v1', services: { s: { host: 's', subsets } }, rules: [{ split }] } },
  });
}

t.test('the first variant takes the lowest buckets', async (t) => {
  t.strictSame(reallocate([], new Map([['v2', 5_000]])), [part('v2', [0, 5_000])]);
});

t.test(
  'a growing variant takes the lowest buckets of stable, and ranges that touch are one',
  async (t) => {
    const before = [part('v2', [0, 1_000]), part('v3', [1_000, 3_000])];
    t.strictSame(reallocate(before, new Map([['v3', 4_000]])), [
      part('v2', [0, 1_000]),
      part('v3', [1_000, 5_000]),
    ]);
    t.strictSame(reallocate(before, new Map([['v2', 3_000]])), [
      part('v2', [0, 1_000], [3_000, 5_000]),
      part('v3', [1_000, 3_000]),
    ]);
  },
);

t.test('a growing variant fills the gaps of stable from below', async (t) => {
  const before = [part('v2', [0, 1_000]), part('v3', [2_000, 3_000])];
  t.strictSame(
    reallocate(before, new Map([['v2', 4_000]]))[0],
    part('v2', [0, 2_000], [3_000, 5_000]),
  );
});

t.test('the last joined leaves first', async (t) => {
  const grown = [part('v2', [0, 1_000], [3_000, 5_000]), part('v3', [1_000, 3_000])];
  t.strictSame(
    reallocate(grown, new Map([['v2', 2_000]]))[0],
    part('v2', [0, 1_000], [3_000, 4_000]),
  );
  t.strictSame(reallocate(grown, new Map([['v2', 400]]))[0], part('v2', [0, 400]));
  t.strictSame(reallocate(grown, new Map([['v2', 0]]))[0], part('v2'));
});

t.test('ranges that joined later but lie lower leave first too', async (t) => {
  const before = [part('v2', [50_000, 60_000], [0, 1_000])];
  t.strictSame(reallocate(before, new Map([['v2', 10_500]])), [
    part('v2', [50_000, 60_000], [0, 500]),
  ]);
});

t.test('freed buckets go to the variant that grows before stable gives any', async (t) => {
  const before = [part('v2', [0, 10_000]), part('v3', [10_000, 20_000])];
  const after = reallocate(
    before,
    new Map([
      ['v2', 4_000],
      ['v3', 18_000],
    ]),
  );
  t.strictSame(after, [
    part('v2', [0, 4_000]),
    part('v3', [10_000, 20_000], [4_000, 10_000], [20_000, 22_000]),
  ]);
});

t.test('variants that are not named keep every bucket; new ones come last', async (t) => {
  const before = [part('v2', [0, 10_000]), part('v3', [10_000, 20_000])];
  const after = reallocate(before, new Map([['v4', 500]]));
  t.strictSame(after, [...before, part('v4', [20_000, 20_500])]);
  t.strictSame(reallocate(before, new Map()), before);
});

t.test('100 % is reached, and a thousandth more is refused', async (t) => {
  const before = [part('v2', [0, 60_000])];
  const full = reallocate(before, new Map([['v3', 40_000]]));
  t.strictSame(full[1], part('v3', [60_000, 100_000]));
  t.throws(() => reallocate(before, new Map([['v3', 40_001]])), {
    code: 'TINCT_PLAN_SPLIT_RANGES',
    message: 'the shares add up to 100.001 %',
  });
});

t.test('any change moves half the sum of the changes, bucket by bucket', async () => {
  fc.assert(
    fc.property(history, shares, (before, wanted) => {
      const [old, next] = [owners(before), owners(reallocate(before, named(wanted)))];
      assert.equal(total(movedBuckets(old, next).values()), halfOfChanges(old, next));
    }),
    { numRuns: 60 },
  );
});

t.test('every variant has exactly its share, in ranges that parsePlan accepts', async () => {
  fc.assert(
    fc.property(history, shares, (before, wanted) => {
      const after = reallocate(before, named(wanted));
      const widths = after.map(({ variant, ranges }) => [variant, widthOf(ranges)]);
      assert.deepEqual(new Map(widths as [string, number][]), named(wanted));
      const errors = parsePlan(planWith(after)).findings.filter(({ level }) => level === 'error');
      assert.deepEqual(errors, []);
    }),
    { numRuns: 100 },
  );
});

t.test('raising one share takes from stable alone, lowering it gives to stable alone', async () => {
  fc.assert(
    fc.property(history, fc.constantFrom(...NAMES), fc.nat(BUCKETS), (before, name, wanted) => {
      const others = before.filter(({ variant }) => variant !== name);
      const share = Math.min(wanted, BUCKETS - total(others.map((of) => of.thousandths)));
      const moves = movedBuckets(
        owners(before),
        owners(reallocate(before, new Map([[name, share]]))),
      );
      const had = before.find(({ variant }) => variant === name)?.thousandths ?? 0;
      const allowed = share > had ? `${REST}>${name}` : `${name}>${REST}`;
      assert.deepEqual([...moves.keys()], share === had ? [] : [allowed]);
    }),
    { numRuns: 60 },
  );
});

t.test('up and down again gives the very same buckets', async () => {
  fc.assert(
    fc.property(history, fc.constantFrom(...NAMES), fc.nat(BUCKETS), (before, name, more) => {
      const had = before.find(({ variant }) => variant === name)?.thousandths ?? 0;
      const free = BUCKETS - total(before.map(({ thousandths }) => thousandths));
      const up = reallocate(before, new Map([[name, had + Math.min(more, free)]]));
      assert.deepEqual(reallocate(up, new Map([[name, had]])), before);
    }),
    { numRuns: 300 },
  );
});

t.test(
  'of one that shrinks, the growing ones take first, and only the rest goes to stable',
  async () => {
    fc.assert(
      fc.property(history, shares, (before, wanted) => {
        const moves = movedBuckets(owners(before), owners(reallocate(before, named(wanted))));
        const toRest = [...moves].filter(([move]) => move.endsWith('>'));
        const fromRest = [...moves].filter(([move]) => move.startsWith('>'));
        assert.ok(toRest.length === 0 || fromRest.length === 0, JSON.stringify([...moves]));
      }),
      { numRuns: 60 },
    );
  },
);
