/** Names of headers that are remembered, and what they keep in memory. */
import t from 'tap';
import { heldBytes } from '../../../test/held.ts';
import { NameTable } from '../src/name-table.ts';

/** As long as a head may be, with a name that nobody has sent before. */
function madeUp(i: number): string {
  const name = `x-made-up-by-a-client-${i}`;
  const head = Buffer.from(`${name}: 1\r\ny: ${'z'.repeat(60_000)}\r\n\r\n`).toString('latin1');
  return head.slice(0, name.length);
}

t.test('attack: names that clients make up do not keep the heads that they came in', async (t) => {
  const table = new NameTable((name) => name.length);
  const before = heldBytes();
  for (let i = 0; i < 3000; i += 1) table.kindOf(madeUp(i), i % 64);
  const held = heldBytes() - before;
  // Of some 1,000 heads it would be 64 MB.
  t.ok(held < 4e6, `${held}`);
  t.match(table.nameAt(0), /^x-made-up/);
});

t.test('what a name means is asked once, and each place has its last name', async (t) => {
  const asked: string[] = [];
  const table = new NameTable((name) => asked.push(name));
  t.equal(table.kindOf('accept', 0), 1);
  t.equal(table.kindOf('host', 1), 2);
  t.equal(table.kindOf('host', 0), 2);
  t.equal(table.kindOf('accept', 1), 1);
  t.strictSame([table.nameAt(0), table.nameAt(1), table.nameAt(2)], ['host', 'accept', undefined]);
  t.strictSame(asked, ['accept', 'host']);
});
