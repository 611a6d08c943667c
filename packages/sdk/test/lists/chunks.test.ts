/** Wherever a list's bytes are cut, it is the same list. */
import type { FingerprintList } from '@tinct/core';
import fc from 'fast-check';
import t from 'tap';
import { type LoadedList, loadList } from '../../src/index.ts';
import { LineSplitter, MAX_LINE_BYTES } from '../../src/lists/lines.ts';
import { give, holds, type ListOptions, load, sourceOf } from './helpers.ts';

const CSV = '\ufeff"id",note\r\n"日本,1",x\r\n😀,"a\r\n""b"""\r\nbad\r\né,\n"",\n\r\nlast,"\n"';
const BROKEN = Buffer.concat([
  Buffer.from('\ufeffa\r\n\nb\n'),
  Buffer.of(0xe6, 0x97, 10, 0),
  Buffer.from('x\n日本\r'),
]);
const NDJSON = '{"id":"日本"}\r\n{"id":7}\n\n{"id":"\\ud83d\\ude00"}';
const LISTS: readonly { name: string; content: Buffer; options: ListOptions }[] = [
  { name: 'csv', content: Buffer.from(CSV), options: { format: 'csv', column: 'id' } },
  { name: 'text', content: BROKEN, options: { format: 'text' } },
  { name: 'ndjson', content: Buffer.from(NDJSON), options: { format: 'ndjson', column: 'id' } },
];

/** The chunks between the cuts. Their memory is used again as soon as the next one is asked for. */
function cut(content: Buffer, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.toSorted((a, b) => a - b), content.length];
  return places.slice(1).map((to, i) => content.subarray(places[i], to));
}

async function* reusing(chunks: readonly Uint8Array[]) {
  const memory = Buffer.alloc(Math.max(...chunks.map((chunk) => chunk.length)));
  for (const chunk of chunks) {
    memory.set(chunk);
    yield memory.subarray(0, chunk.length);
    memory.fill(0x58);
  }
}

const shown = ({ list, ...rest }: LoadedList) => ({ ...rest, words: [...list.data.words] });

for (const { name, content, options } of LISTS) {
  const source = sourceOf(content, { ...options, allowBadLines: 9 });
  const loadCut = async (cuts: readonly number[]) =>
    shown(await loadList(source, { baseDir: '.', open: () => reusing(cut(content, cuts)) }));

  t.test(`${name}: cut in two anywhere`, async (t) => {
    const whole = await loadCut([]);
    t.ok(whole.badLines.count > 0 && whole.words.length >= 4, 'has ids and bad lines');
    for (let at = 0; at <= content.length; at++)
      t.strictSame(await loadCut([at]), whole, `at ${at}`);
  });

  t.test(`${name}: cut anyhow`, async (t) => {
    const whole = await loadCut([]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(content.length)), async (cuts) => {
        return JSON.stringify(await loadCut(cuts)) === JSON.stringify(whole);
      }),
    );
    t.pass();
  });

  t.test(`${name}: byte by byte`, async (t) => {
    t.strictSame(await loadCut([...content.keys()]), await loadCut([]));
  });
}

t.test('a long line is too long or not, however it is cut', async (t) => {
  for (const length of [MAX_LINE_BYTES, MAX_LINE_BYTES + 1]) {
    const content = Buffer.from(`a\n${'x'.repeat(length)}\nb`);
    for (const size of [1000, 65_536, 1_000_000, content.length]) {
      const faults: (string | undefined)[] = [];
      const splitter = new LineSplitter((_text, _line, fault) => faults.push(fault));
      for (let at = 0; at < content.length; at += size)
        splitter.push(content.subarray(at, at + size));
      splitter.end();
      const fault = length > MAX_LINE_BYTES ? 'longer than 1 MiB' : undefined;
      t.strictSame(faults, [undefined, fault, undefined], `${length} bytes in chunks of ${size}`);
    }
  }
});

t.test('a list has its ids and no other, in every format', async (t) => {
  const id = fc
    .string({ minLength: 1, maxLength: 12, unit: 'binary' })
    .filter((text) => !/[\0\r\n]/.test(text) && !text.startsWith('\ufeff'));
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  await fc.assert(
    fc.asyncProperty(fc.array(id), async (ids) => {
      const lists: FingerprintList[] = [
        (await load(ids.join('\n'))).list,
        (await load(`id\n${ids.map(quoted).join('\r\n')}`, { format: 'csv', column: 'id' })).list,
        (
          await load(ids.map((each) => `{"k":${JSON.stringify(each)}}\n`).join(''), {
            format: 'ndjson',
            column: 'k',
          })
        ).list,
      ];
      return lists.every((list) => list.size === new Set(ids).size && holds(list, ids));
    }),
  );
  t.pass();
});

t.test('chunks may be empty', async (t) => {
  const source = sourceOf('a\nb');
  const open = give(...['', 'a', '', '\n', '', 'b', ''].map((text) => Buffer.from(text)));
  const { list, lines } = await loadList(source, { baseDir: '.', open });
  t.equal(lines, 2);
  t.ok(holds(list, ['a', 'b']));
});
