/**
 * Buckets are even, and those of two releases have nothing to do with each other: for a million random ids, a million
 * that count up, and a million UUIDs.
 *
 * Pearson's chi-square. With fixed seeds each figure is always the same; an even hash would stay below the bound
 * in 999 of 1000 such tests.
 */
import t from 'tap';
import { BUCKETS, bucketer, bucketOf } from '../src/index.ts';

const IDS = 1_000_000;
const SEED = 20_260_109;

/**
 * The upper 0.1 % point for 99 degrees of freedom: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4.
 * For 99,999 it is beyond any table: Wilson and Hilferty (1931), k(1 - 2/9k + z·√(2/9k))³ with z = 3.0902.
 */
const BOUND_99 = 148.23;
const BOUND_99_999 = 101_387;

/** xorshift32 by George Marsaglia (2003): enough to make ids, and the same everywhere. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const HEX = Array.from({ length: 65_536 }, (_, word) => word.toString(16).padStart(4, '0'));

/** Version 4: the digits of a UUID that are not chance are `4` and `a`. */
function uuid(next: () => number): string {
  const words = [next(), next(), next(), next()].flatMap((of) => [of >>> 16, of & 0xffff]);
  const [a, b, c, d = 0, e = 0, f, g, h] = words as [number, ...number[]];
  const hex = (word = 0) => HEX[word] as string;
  return `${hex(a)}${hex(b)}-${hex(c)}-${hex((d & 0x0fff) | 0x4000)}-${hex((e & 0x0fff) | 0xa000)}-${hex(f)}${hex(g)}${hex(h)}`;
}

const next = random(SEED);
const POPULATIONS: Readonly<Record<string, (i: number) => string>> = {
  random: () => `${next().toString(36)}${next().toString(36)}`,
  sequential: (i) => String(i),
  UUIDs: () => uuid(next),
};

function chiSquare(counts: Iterable<number>, expected: number): number {
  let sum = 0;
  for (const count of counts) sum += (count - expected) ** 2 / expected;
  return sum;
}

/** How often each hundredth of all buckets was hit. */
function hundredths(buckets: Uint32Array): Uint32Array {
  const counts = new Uint32Array(100);
  buckets.forEach((count, bucket) => {
    const hundredth = Math.floor(bucket / 1000);
    counts[hundredth] = (counts[hundredth] ?? 0) + count;
  });
  return counts;
}

/** Two releases, with salts as alike as people give them; and one more of another unit type. */
const first = bucketer('checkout', 'user');
const OTHERS = {
  'another release': bucketer('checkout2', 'user'),
  'another unit type': bucketer('checkout', 'anonymous'),
};

for (const [name, idOf] of Object.entries(POPULATIONS)) {
  t.test(`a million ids, ${name}`, async (t) => {
    const buckets = new Uint32Array(BUCKETS);
    const others = Object.entries(OTHERS).map(([what, of]) => ({
      what,
      of,
      tenths: new Uint32Array(100),
    }));
    for (let i = 0; i < IDS; i++) {
      const id = idOf(i);
      const bucket = bucketOf(first, id);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
      for (const { of, tenths } of others) {
        const cell = Math.floor(bucket / 10_000) * 10 + Math.floor(bucketOf(of, id) / 10_000);
        tenths[cell] = (tenths[cell] ?? 0) + 1;
      }
    }
    const fine = chiSquare(buckets, IDS / BUCKETS);
    const coarse = chiSquare(hundredths(buckets), IDS / 100);
    t.ok(fine < BOUND_99_999, `over 100,000 buckets: ${fine.toFixed(0)} < ${BOUND_99_999}`);
    t.ok(coarse < BOUND_99, `over hundredths: ${coarse.toFixed(1)} < ${BOUND_99}`);
    for (const { what, tenths } of others) {
      const joint = chiSquare(tenths, IDS / 100);
      t.ok(joint < BOUND_99, `tenths beside ${what}: ${joint.toFixed(1)} < ${BOUND_99}`);
    }
    t.comment(`seed ${SEED}`);
  });
}

t.test('the test finds what is not even', async (t) => {
  const skewed = Uint32Array.from({ length: 100 }, (_, i) => (i < 50 ? 10_075 : 9925));
  t.ok(chiSquare(skewed, IDS / 100) < BOUND_99, 'three quarters of a percent is within chance');
  const more = Uint32Array.from({ length: 100 }, (_, i) => (i < 50 ? 10_150 : 9850));
  t.ok(chiSquare(more, IDS / 100) > BOUND_99, 'one and a half percent is not');
});
