import fc from 'fast-check';
import t from 'tap';
import { FingerprintBuilder, FingerprintList, fingerprintOf, listKey } from '../src/lists/index.ts';
import { CHUNK } from '../src/lists/sort.ts';

const DIGEST = '9f2c'.repeat(16);

function listOf(ids: Iterable<string>): FingerprintList {
  const builder = new FingerprintBuilder(DIGEST);
  for (const id of ids) builder.add(id);
  return builder.build();
}

/** The fingerprints as they lie in memory. */
function stored({ data }: FingerprintList): bigint[] {
  const { buffer, byteOffset, length } = data.words;
  return [...new BigUint64Array(buffer, byteOffset, length / 2)];
}

t.test('a list has its ids and no other: what a Set says', async (t) => {
  const id = fc.oneof(fc.string({ maxLength: 12, unit: 'binary' }), fc.string({ maxLength: 3 }));
  const codeUnits = fc.array(fc.nat(0xffff), { maxLength: 4 });
  const anyText = codeUnits.map((units) => String.fromCharCode(...units));
  fc.assert(
    fc.property(fc.array(fc.oneof(id, anyText)), fc.array(fc.oneof(id, anyText)), (ids, others) => {
      const set = new Set(ids.filter((text) => text !== '' && text.isWellFormed()));
      const list = listOf(ids);
      return (
        list.size === set.size &&
        [...ids, ...others].every((each) => list.has(each) === set.has(each))
      );
    }),
    { numRuns: 150 },
  );
  t.pass();
});

t.test('the empty list', async (t) => {
  const list = listOf([]);
  t.equal(list.size, 0);
  t.equal(list.sha256, DIGEST);
  t.notOk(list.has('123'));
  t.notOk(list.has(''));
});

t.test('ids compare byte for byte', async (t) => {
  const list = listOf(['007', 'é', 'Ann']);
  for (const other of ['7', '07', '0007', 'e\u0301', 'ann', 'Ann ', ' Ann', 'Ann\0']) {
    t.notOk(list.has(other), JSON.stringify(other));
  }
});

t.test('many ids: sorted, without duplicates, each found', async (t) => {
  const count = 200_000;
  const ids = Array.from({ length: count }, (_, i) => `user-${i}`);
  const again = ids.filter((_, i) => i % 7 === 0);
  const list = listOf([...ids, ...again]);
  t.equal(list.size, count);
  const fingerprints = stored(list);
  t.equal(fingerprints.length, count);
  t.ok(fingerprints.every((each, i) => i === 0 || each > (fingerprints[i - 1] ?? 0n)));
  const expected = new Set(ids.map((id) => BigInt(`0x${fingerprintOf(DIGEST, id)}`)));
  t.ok(fingerprints.every((each) => expected.has(each)));
  t.ok(ids.every((id) => list.has(id)));
  t.notOk(ids.some((id) => list.has(`${id}x`)));
});

t.test('every size up to 200, and around the limits of chunks and index', async (t) => {
  const sizes = [...Array(200).keys(), CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1];
  const ids = Array.from({ length: 2 * CHUNK + 1 }, (_, i) => `${i}`);
  for (const size of sizes) {
    const list = listOf(ids.slice(0, size));
    t.equal(list.size, size);
    t.ok(
      ids.slice(0, Math.min(size, 500)).every((id) => list.has(id)),
      `${size}: all found`,
    );
    t.notOk(list.has(`${size}`), `${size}: no other`);
  }
});

t.test('at most ten bytes an id, also when most were duplicates', async (t) => {
  const bytes = ({ data }: FingerprintList) =>
    data.words.buffer.byteLength + data.index.buffer.byteLength;
  const ids = Array.from({ length: 100_000 }, (_, i) => `${i}`);
  t.ok(bytes(listOf(ids)) <= 10 * ids.length);
  t.ok(bytes(listOf([...ids, ...ids, ...ids])) <= 10 * ids.length);
  t.ok(bytes(listOf([...ids, ...ids.slice(0, 10)])) <= 10 * ids.length);
});

t.test('building pauses, and gives the same list', async (t) => {
  const builder = new FingerprintBuilder(DIGEST);
  const ids = Array.from({ length: 300_000 }, (_, i) => `${i}`);
  for (const id of ids) builder.add(id);
  const steps = builder.buildInSteps();
  let pauses = 0;
  let step = steps.next();
  for (; !step.done; step = steps.next()) pauses++;
  t.ok(pauses >= 10, `${pauses} pauses`);
  t.strictSame(step.value.data.words, listOf(ids).data.words);
});

t.test('a builder says what it cannot take, keeps to its limit and builds once', async (t) => {
  const builder = new FingerprintBuilder(DIGEST, 2);
  t.ok(builder.add('a'));
  t.notOk(builder.add(''));
  t.notOk(builder.add('\ud800'));
  t.notOk(builder.add('x'.repeat(16_385)));
  t.equal(builder.size, 1);
  t.ok(builder.add('a'));
  t.throws(() => builder.add('b'), RangeError);
  t.equal(builder.build().size, 1);
  t.throws(() => builder.build(), /builds once/);
  t.throws(() => new FingerprintBuilder('abc'), RangeError);
});

t.test('the memory of a list can be shared', async (t) => {
  const list = listOf(['a', 'b']);
  const copy = new FingerprintList(structuredClone(list.data));
  t.equal(copy.data.words.buffer instanceof SharedArrayBuffer, true);
  t.equal(copy.size, 2);
  t.ok(copy.has('a') && copy.has('b'));
  t.notOk(copy.has('c'));
});

t.test('listKey tells lists apart by what they hold', async (t) => {
  const source = { sha256: DIGEST, format: 'csv', column: undefined } as const;
  t.equal(listKey(source), listKey({ ...source }));
  const other = { path: 'x.csv', allowBadLines: 3 };
  t.equal(listKey(source), listKey({ ...source, ...other }));
  const all = [
    source,
    { ...source, sha256: 'a'.repeat(64) },
    { ...source, format: 'text' },
    { ...source, column: 'id' },
    { ...source, column: 'null' },
    { ...source, column: '"id"' },
    { ...source, format: 'ndjson', column: 'id' },
  ] as const;
  t.equal(new Set(all.map(listKey)).size, all.length);
});
