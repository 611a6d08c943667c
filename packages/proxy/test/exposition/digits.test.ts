/** Counts are written as JavaScript would write them. */
import fc from 'fast-check';
import t from 'tap';
import { isCount, widthOf, writeCount } from '../../src/exposition/digits.ts';

function written(count: number): string {
  const bytes = Buffer.alloc(12, '.');
  const width = widthOf(count);
  writeCount(bytes, 1, count, width);
  return bytes.toString('latin1', 0, width + 2);
}

t.test('the digits of a count, and nothing beside them', async (t) => {
  for (const count of [0, 1, 9, 10, 99, 100, 999_999, 1_000_000, 999_999_999])
    t.equal(written(count), `.${count}.`);
  fc.assert(fc.property(fc.nat(999_999_999), (count) => written(count) === `.${count}.`));
});

t.test('what is no short count is written as a text', async (t) => {
  for (const value of [0.5, -1, 1e9, 1e21, Number.POSITIVE_INFINITY, Number.NaN])
    t.equal(isCount(value), false, `${value}`);
  t.ok(isCount(999_999_999));
});
