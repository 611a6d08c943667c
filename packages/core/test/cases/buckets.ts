/** The vectors of `bucket.json`: what is hashed stands here, the oracle says what comes out. */
import { murmur3, unitBucket, unitHash } from '../oracle/hash.ts';

export interface HashVector {
  readonly hex: string;
  readonly seed: number;
  readonly hash: number;
}

export interface BucketVector {
  readonly salt: string;
  readonly unit: string;
  readonly key: string;
  readonly hash: number;
  /** Absent for an empty key, which no decision hashes. */
  readonly bucket?: number;
}

export interface RefusedVector {
  readonly salt: string;
  readonly unit: string;
  readonly key: string;
}

export interface BucketVectors {
  readonly murmur3: readonly HashVector[];
  readonly buckets: readonly BucketVector[];
  readonly refused: readonly RefusedVector[];
}

const SEED = 0x9747b28c;

/** Published vectors of MurmurHash3_x86_32, by Ian Boyd (stackoverflow.com/a/31929528) and from Wikipedia. */
const BYTES: readonly (readonly [hex: string, seed: number, hash: number])[] = [
  ['', 0, 0],
  ['', 1, 0x514e28b7],
  ['', 0xffffffff, 0x81f16f39],
  ['ffffffff', 0, 0x76293b50],
  ['21436587', 0, 0xf55b516b],
  ['21436587', 0x5082edee, 0x2362f9de],
  ['214365', 0, 0x7e4a8634],
  ['2143', 0, 0xa0f7b07a],
  ['21', 0, 0x72661cf4],
  ['00000000', 0, 0x2362f9de],
  ['000000', 0, 0x85f0b427],
  ['0000', 0, 0x30f4c306],
  ['00', 0, 0x514e28b7],
];
const TEXTS: readonly (readonly [text: string, seed: number, hash: number])[] = [
  ['aaaa', SEED, 0x5a97808a],
  ['aaa', SEED, 0x283e0130],
  ['aa', SEED, 0x5d211726],
  ['a', SEED, 0x7fa09ea6],
  ['abcd', SEED, 0xf0478627],
  ['abc', SEED, 0xc84a62dd],
  ['ab', SEED, 0x74875592],
  ['abc', 0, 0xb3dd93fa],
  ['test', 0, 0xba6bd213],
  ['test', SEED, 0x704b81dc],
  ['Hello, world!', 0, 0xc0363e43],
  ['Hello, world!', SEED, 0x24884cba],
  ['ππππππππ', SEED, 0xd58063c1],
  ['a'.repeat(256), SEED, 0x37405bdc],
  ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', 0, 0xee925b90],
  ['The quick brown fox jumps over the lazy dog', 0, 0x2e4ff723],
  ['The quick brown fox jumps over the lazy dog', SEED, 0x2fa826cd],
];

/** Found by search among `user-0`, `user-1` …: the last bucket below a percentage, and the first one above. */
export const BOUNDARIES: readonly (readonly [bucket: number, key: string])[] = [
  [0, 'user-68588'],
  [1, 'user-96623'],
  [99, 'user-32963'],
  [100, 'user-7833'],
  [999, 'user-128182'],
  [1000, 'user-249302'],
  [2499, 'user-39550'],
  [2500, 'user-27969'],
  [4999, 'user-109510'],
  [5000, 'user-9080'],
  [9999, 'user-32257'],
  [10000, 'user-177886'],
  [19999, 'user-309803'],
  [20000, 'user-57618'],
  [33332, 'user-100822'],
  [33333, 'user-26896'],
  [49999, 'user-502453'],
  [50000, 'user-9483'],
  [74999, 'user-320617'],
  [75000, 'user-12718'],
  [98999, 'user-51043'],
  [99000, 'user-6664'],
  [99899, 'user-74064'],
  [99900, 'user-11837'],
  [99998, 'user-50467'],
  [99999, 'user-93795'],
];

/** Salts whose prefixes end on each of the four places in a word. */
const SALTS = ['shop', 'shop1', 'shop12', 'shop123'];
const MIXED = [
  'é',
  'ééé',
  'zoë',
  'zoe\u0308',
  '€',
  '€a',
  'a€',
  '\u{1f600}',
  'a\u{1f600}',
  '\u{1f600}\u{1f600}b',
];
const EDGES = [
  '\0',
  '\x7f',
  '\x80',
  '\u07ff',
  '\u0800',
  '\ud7ff',
  '\ue000',
  '\ufeff',
  '\uffff',
  '\u{10000}',
  '\u{10ffff}',
];
const LONG = [
  'x'.repeat(10_000),
  `${'0123456789'.repeat(1000)}z`,
  '\u{1f600}'.repeat(2500),
  `${'é'.repeat(4999)}a`,
];
const IDS = [
  '123',
  '124',
  '007',
  '7',
  'Alice',
  'alice',
  ' alice',
  'alice@example.com',
  '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
  'a,b;c="d"',
  'line\nbreak',
];

function vector(salt: string, unit: string, key: string): BucketVector {
  const hash = unitHash(salt, unit, key);
  return key === ''
    ? { salt, unit, key, hash }
    : { salt, unit, key, hash, bucket: unitBucket(salt, unit, key) };
}

function boundary(bucket: number, key: string): BucketVector {
  const found = vector('my-service', 'user', key);
  if (found.bucket !== bucket)
    throw new Error(`${key} is in bucket ${found.bucket}, not ${bucket}`);
  return found;
}

function published(hex: string, seed: number, hash: number): HashVector {
  const found = murmur3(Buffer.from(hex, 'hex'), seed);
  if (found !== hash)
    throw new Error(`${hex} with seed ${seed} has the hash ${found}, not ${hash}`);
  return { hex, seed, hash };
}

/** All of `bucket.json`. */
export function bucketVectors(): BucketVectors {
  const letters = 'abcdefghijklmnopqrst';
  const lengths = Array.from(letters, (_, length) => letters.slice(0, length));
  return {
    murmur3: [
      ...BYTES.map((of) => published(...of)),
      ...TEXTS.map(([text, ...of]) => published(Buffer.from(text).toString('hex'), ...of)),
    ],
    buckets: [
      ...IDS.map((id) => vector('my-service', 'user', id)),
      ...SALTS.flatMap((salt) => lengths.map((key) => vector(salt, 'user', key))),
      ...SALTS.flatMap((salt) => MIXED.map((key) => vector(salt, 'user', key))),
      ...EDGES.map((key) => vector('my-service', 'user', key)),
      ...['user', 'anonymous', 'tenant', 'a'].flatMap((unit) =>
        ['my-service', 'my-service-2', 'm', 'ümläut', '\u{1f600}', '1', 'assign'].map((salt) =>
          vector(salt, unit, '123'),
        ),
      ),
      // Length prefixes keep these apart: the bytes after one another are the same.
      vector('ab', 'user', 'c'),
      vector('a', 'user', 'bc'),
      vector('my-service', 'use', 'r123'),
      ...BOUNDARIES.map(([bucket, key]) => boundary(bucket, key)),
      ...LONG.flatMap((key) => ['my-service', 'shop1'].map((salt) => vector(salt, 'user', key))),
    ],
    refused: [
      { salt: 'my-service', unit: 'user', key: '\ud800' },
      { salt: 'my-service', unit: 'user', key: '\udc00\ud800' },
      { salt: 'my-service', unit: 'user', key: 'a\udfffb' },
      { salt: 'my-service', unit: 'user', key: '\ud83d' },
      { salt: 'salt\ud800', unit: 'user', key: '123' },
    ],
  };
}
