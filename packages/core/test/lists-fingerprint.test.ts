import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { fingerprintOf, MAX_ID_BYTES } from '../src/lists/index.ts';
import { siphash13, sipState } from '../src/lists/siphash.ts';

interface Vectors {
  readonly fingerprints: readonly { digest: string; id: string; fingerprint: string | null }[];
  readonly siphash13: readonly string[];
}

const DIGEST = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';
const vectors: Vectors = JSON.parse(
  readFileSync(new URL('../testdata/lists.json', import.meta.url), 'utf8'),
);

const MASK = (1n << 64n) - 1n;
const hex = (value: bigint) => value.toString(16).padStart(16, '0');
const rotl = (x: bigint, by: bigint) => ((x << by) | (x >> (64n - by))) & MASK;
const word = (bytes: Uint8Array, at: number) =>
  Buffer.from(bytes.slice(at, at + 8)).readBigUInt64LE();

/** SipHash-c-d as its paper describes it, slow and obvious. */
function sipHash(key: Uint8Array, message: Uint8Array, c: number, d: number): bigint {
  const [k0, k1] = [word(key, 0), word(key, 8)];
  let v0 = k0 ^ 0x736f6d6570736575n;
  let v1 = k1 ^ 0x646f72616e646f6dn;
  let v2 = k0 ^ 0x6c7967656e657261n;
  let v3 = k1 ^ 0x7465646279746573n;
  const rounds = (count: number) => {
    for (let i = 0; i < count; i++) {
      v0 = (v0 + v1) & MASK;
      v2 = (v2 + v3) & MASK;
      v1 = rotl(v1, 13n) ^ v0;
      v3 = rotl(v3, 16n) ^ v2;
      v0 = rotl(v0, 32n);
      v2 = (v2 + v1) & MASK;
      v0 = (v0 + v3) & MASK;
      v1 = rotl(v1, 17n) ^ v2;
      v3 = rotl(v3, 21n) ^ v0;
      v2 = rotl(v2, 32n);
    }
  };
  const padded = new Uint8Array((Math.floor(message.length / 8) + 1) * 8);
  padded.set(message);
  padded[padded.length - 1] = message.length;
  for (let at = 0; at < padded.length; at += 8) {
    v3 ^= word(padded, at);
    rounds(c);
    v0 ^= word(padded, at);
  }
  v2 ^= 0xffn;
  rounds(d);
  return v0 ^ v1 ^ v2 ^ v3;
}

const upTo = (count: number) => Uint8Array.from({ length: count }, (_, i) => i);

t.test('the oracle gives the example of the SipHash paper (2-4, 15 bytes)', async (t) => {
  t.equal(hex(sipHash(upTo(16), upTo(15), 2, 4)), 'a129ca6149be45e5');
});

t.test('SipHash-1-3 of 0 to 63 bytes', async (t) => {
  t.equal(vectors.siphash13.length, 64);
  for (const [length, expected] of vectors.siphash13.entries()) {
    t.equal(hex(sipHash(upTo(16), upTo(length), 1, 3)), expected, `oracle, ${length} bytes`);
    const id = String.fromCharCode(...upTo(length));
    if (length > 0) t.equal(fingerprintOf(DIGEST, id), expected, `${length} bytes`);
  }
});

t.test('SipHash-1-3 of nothing', async (t) => {
  const out = new Int32Array(2);
  const state = sipState([0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c]);
  siphash13(state, new Int32Array(2), 2, out);
  t.equal(Buffer.from(out.buffer).readBigUInt64LE().toString(16), vectors.siphash13[0]);
});

t.test('the vectors', async (t) => {
  t.ok(vectors.fingerprints.length > 60);
  for (const { digest, id, fingerprint } of vectors.fingerprints) {
    t.equal(fingerprintOf(digest, id) ?? null, fingerprint, JSON.stringify(id.slice(0, 40)));
  }
});

t.test('the example of docs/spec/lists.md', async (t) => {
  const page = readFileSync(new URL('../../../docs/spec/lists.md', import.meta.url), 'utf8');
  const digest = /^digest +(\w+)$/m.exec(page)?.[1] ?? '';
  const examples = [...page.matchAll(/^fingerprint of (\d+) +(\w+)$/gm)];
  t.equal(examples.length, 2);
  for (const [, id = '', expected] of examples) t.equal(fingerprintOf(digest, id), expected, id);
});

t.test('every id has the fingerprint that the oracle gives it', async (t) => {
  const ids = fc.oneof(
    fc.string({ minLength: 1, maxLength: 80 }),
    fc.string({ minLength: 1, maxLength: 80, unit: 'binary' }),
  );
  const digests = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(digests, ids, (digest, id) => {
      const expected = hex(sipHash(digest, Buffer.from(id), 1, 3));
      return fingerprintOf(Buffer.from(digest).toString('hex'), id) === expected;
    }),
    { numRuns: 700 },
  );
  t.pass();
});

t.test('a long id leaves nothing behind for the next one', async (t) => {
  const before = fingerprintOf(DIGEST, 'abc');
  fingerprintOf(DIGEST, '\x7f'.repeat(MAX_ID_BYTES));
  fingerprintOf(DIGEST, 'ÿ'.repeat(100));
  t.equal(fingerprintOf(DIGEST, 'abc'), before);
  t.equal(fingerprintOf(DIGEST, 'abcd')?.length, 16);
});

t.test('attack: a lone surrogate is in no list, not even as U+FFFD', async (t) => {
  for (const id of ['\ud800', 'user\udc00', '\udc00\ud800', 'a\ud83dz', '😀\ud83d']) {
    t.equal(fingerprintOf(DIGEST, id), undefined);
  }
  t.not(fingerprintOf(DIGEST, '\ufffd'), undefined);
});

t.test('the limit counts bytes, not characters', async (t) => {
  t.not(fingerprintOf(DIGEST, 'x'.repeat(MAX_ID_BYTES)), undefined);
  t.equal(fingerprintOf(DIGEST, 'x'.repeat(MAX_ID_BYTES + 1)), undefined);
  t.not(fingerprintOf(DIGEST, 'é'.repeat(MAX_ID_BYTES / 2)), undefined);
  t.equal(fingerprintOf(DIGEST, `é${'x'.repeat(MAX_ID_BYTES - 1)}`), undefined);
});

t.test('a key is 64 hexadecimal digits', async (t) => {
  for (const digest of ['', 'abc', DIGEST.toUpperCase(), `${DIGEST}0`, `${DIGEST}\n`]) {
    t.throws(() => fingerprintOf(digest, 'a'), RangeError);
  }
});
