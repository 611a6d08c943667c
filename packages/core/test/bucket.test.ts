/** The bucket: published vectors of the hash, `bucket.json`, the oracle, and the second implementation in Python. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import {
  MURMUR3_START,
  murmur3Digest,
  murmur3DigestAsciiField,
  murmur3Update,
} from '../src/bucket/murmur3.ts';
import { BUCKETS, bucketer, bucketOf, hashToBucket } from '../src/index.ts';
import type { BucketVectors } from './cases/buckets.ts';
import { renderBuckets } from './cases/render.ts';
import { murmur3, unitBucket } from './oracle/hash.ts';

const isAscii = (key: string) => /^\p{ASCII}*$/u.test(key);

const testdata = join(import.meta.dirname, '../testdata');
const text = readFileSync(join(testdata, 'bucket.json'), 'utf8');
const vectors: BucketVectors = JSON.parse(text);

const engineHash = (bytes: Uint8Array, seed: number) => {
  const start = { ...MURMUR3_START, high: seed >>> 16, low: seed & 0xffff };
  return murmur3Digest(murmur3Update(start, bytes));
};

t.test('the hash gives the published vectors', async (t) => {
  t.ok(vectors.murmur3.length >= 30);
  for (const { hex, seed, hash } of vectors.murmur3) {
    t.equal(engineHash(Buffer.from(hex, 'hex'), seed), hash, `${hex} with seed ${seed}`);
  }
});

t.test(
  'a state in the middle has only numbers that are small to the engine, whatever was hashed',
  async () => {
    const isSmall = (number: number) => Number.isInteger(number) && number >= 0 && number < 2 ** 30;
    fc.assert(
      fc.property(fc.string(), fc.string(), (salt, type) => {
        fc.pre(salt.isWellFormed() && type.isWellFormed());
        return Object.values(bucketer(salt, type)).every(isSmall);
      }),
    );
  },
);

t.test('the hash passes the verification of SMHasher', async (t) => {
  for (const hash of [engineHash, murmur3]) {
    const keys = Array.from({ length: 256 }, (_, length) =>
      Uint8Array.from({ length }, (_, i) => i),
    );
    const hashes = Buffer.alloc(4 * 256);
    for (const key of keys) hashes.writeUInt32LE(hash(key, 256 - key.length), 4 * key.length);
    t.equal(hash(hashes, 0), 0xb0f57ee3);
  }
});

t.test('bucket.json', async (t) => {
  for (const { salt, unit, key, hash, bucket } of vectors.buckets) {
    const of = bucketer(salt, unit);
    const name = `${salt} ${unit} ${JSON.stringify(key.slice(0, 40))}`;
    t.equal(bucketOf(of, key), bucket ?? hashToBucket(hash), name);
    t.equal(murmur3DigestAsciiField(of, key), isAscii(key) ? hash : -1, `${name}, hash`);
  }
  t.equal(text, renderBuckets(), 'or run scripts/vectors.ts --update');
});

t.test('bucket.json holds what another language can get wrong', async (t) => {
  const { buckets } = vectors;
  t.ok(buckets.length >= 200, `${buckets.length} vectors`);
  const bytes = (of: string) => Buffer.byteLength(of);
  const ascii = buckets.filter(({ key }) => isAscii(key));
  const places = ascii.map(
    ({ salt, unit, key }) => `${(bytes(salt) + bytes(unit)) % 4} ${key.length % 4}`,
  );
  t.equal(new Set(places).size, 16, 'each length after each length, modulo 4');
  t.ok(buckets.some(({ key }) => key === ''));
  t.ok(buckets.some(({ key }) => bytes(key) >= 10_000 && isAscii(key)));
  t.ok(
    buckets.some(({ key }) => bytes(key) >= 10_000 && bytes(key) === 2 * key.length),
    'four bytes each',
  );
  const found = new Set(buckets.map(({ bucket }) => bucket));
  for (const edge of [1, 100, 1000, 5000, 10_000, 50_000, 99_000, 99_999]) {
    t.ok(
      found.has(edge - 1) && found.has(edge),
      `the last bucket below ${edge}, and the first above`,
    );
  }
  t.ok(found.has(0) && found.has(99_999));
});

t.test('lone surrogates are refused, never replaced', async (t) => {
  for (const { salt, unit, key } of vectors.refused) {
    if (salt.isWellFormed()) t.equal(bucketOf(bucketer(salt, unit), key), -1);
    else t.throws(() => bucketer(salt, unit), RangeError);
  }
});

t.test('each bucket begins where the division says', async (t) => {
  const wrong: number[] = [];
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const from = Number((BigInt(bucket) * 2n ** 32n + 99_999n) / 100_000n);
    if (hashToBucket(from) !== bucket || (bucket > 0 && hashToBucket(from - 1) !== bucket - 1)) {
      wrong.push(bucket);
    }
  }
  t.strictSame(wrong, []);
  t.equal(hashToBucket(2 ** 32 - 1), BUCKETS - 1);
});

const SEED = 20_260_103;
const RUNS = 3_000;
const words = fc.string({ unit: 'binary', maxLength: 40 });
const triple = fc.tuple(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
  fc.constantFrom('user', 'tenant'),
  words,
);

t.test('the engine and the oracle give the same bucket', async (t) => {
  const property = fc.property(triple, ([salt, unit, key]) => {
    return bucketOf(bucketer(salt, unit), key) === unitBucket(salt, unit, key);
  });
  fc.assert(property, { seed: SEED, numRuns: RUNS });
  t.comment(`seed ${SEED}: ${RUNS} units`);
});

/** Whether python3 is there; without it only a build that is no CI may go on. */
function hasPython(t: Test): boolean {
  const found = spawnSync('python3', ['--version']).status === 0;
  t.ok(found || !process.env['CI'], 'CI needs python3');
  if (!found) t.comment('no python3: the second implementation was not run');
  return found;
}

function python(file: string): { status: number | null; stdout: string } {
  const script = join(testdata, 'bucketing.py');
  const { status, stdout } = spawnSync('python3', [script, file], { encoding: 'utf8' });
  return { status, stdout };
}

t.test('the implementation in Python', async (t) => {
  if (!hasPython(t)) return;
  const folder = mkdtempSync(join(tmpdir(), 'tinct-buckets-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, of: object) => {
    writeFileSync(join(folder, name), JSON.stringify(of));
    return join(folder, name);
  };

  const { length } = [vectors.murmur3, vectors.buckets, vectors.refused].flat();
  const published = python(join(testdata, 'bucket.json'));
  t.match(published, { status: 0, stdout: `${length} hold, 0 do not` }, 'bucket.json');

  const buckets = fc.sample(triple, { seed: SEED, numRuns: RUNS }).map(([salt, unit, key]) => {
    return { salt, unit, key, bucket: bucketOf(bucketer(salt, unit), key) };
  });
  const random = python(write('random.json', { buckets }));
  t.match(random, { status: 0, stdout: `${RUNS} hold, 0 do not` }, 'what the engine gives');

  const [good] = vectors.buckets;
  const wrong = python(write('wrong.json', { buckets: [good, { ...good, bucket: 7 }] }));
  t.match(wrong, { status: 1, stdout: /buckets\[1\].*bucket \d+\n1 hold, 1 do not/ });
  const accepted = python(write('accepted.json', { refused: [good] }));
  t.match(accepted, { status: 1, stdout: 'not refused' });
  t.equal(python(write('empty.json', {})).status, 1, 'no vectors are no success');
  t.equal(python(join(folder, 'none.json')).status, 2);
});
