import { TinctError } from '@tinct/core';
import t from 'tap';
import { holds, type ListOptions, load } from './helpers.ts';

const csv = { format: 'csv', column: 'id' } as const;
const ndjson = { format: 'ndjson', column: 'id' } as const;

/** What `format` makes of some text: its ids, or `line: reason` of what it cannot use. */
interface Case {
  readonly name: string;
  readonly text: string | Uint8Array;
  readonly options?: ListOptions;
  readonly ids?: readonly string[];
  readonly bad?: readonly string[];
}

const bytes = (...parts: readonly (string | number)[]) =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part))),
  );

const CASES: readonly Case[] = [
  // Text
  { name: 'text: an id per line', text: '123\n007\n', ids: ['123', '007'] },
  { name: 'text: no line end at the end', text: '123\n007', ids: ['123', '007'] },
  { name: 'text: CR LF', text: '123\r\n007\r\n', ids: ['123', '007'] },
  {
    name: 'text: one CR only belongs to the line end',
    text: 'a\r\r\nb\rc\n',
    ids: ['a\r', 'b\rc'],
  },
  { name: 'text: blank lines are ignored', text: '\n\r\n123\n\n', ids: ['123'] },
  {
    name: 'text: no comments, spaces belong to the id',
    text: '#1\n 2\n3 \n ',
    ids: ['#1', ' 2', '3 ', ' '],
  },
  {
    name: 'text: a byte order mark is no part of the id',
    text: '\ufeff123\n\ufeff4\n',
    ids: ['123', '\ufeff4'],
  },
  { name: 'text: U+2028 ends no line', text: 'a\u2028b\n', ids: ['a\u2028b'] },
  { name: 'text: beyond ASCII', text: 'é\n日本\n😀\n', ids: ['é', '日本', '😀'] },
  { name: 'text: duplicates', text: 'a\na\nb\na\n', ids: ['a', 'b'] },
  { name: 'text: nothing', text: '', ids: [] },
  { name: 'text: a byte order mark alone', text: '\ufeff', ids: [] },
  {
    name: 'text: an id of 16384 bytes',
    text: `${'x'.repeat(16_384)}\n`,
    ids: ['x'.repeat(16_384)],
  },
  {
    name: 'text: an id that is too long',
    text: `a\n${'é'.repeat(8193)}\n`,
    bad: ['2: the id has more than 16384 bytes'],
  },
  {
    name: 'text: a line that is too long is not kept, and the next one is read',
    text: `a\n${'x'.repeat(3_000_000)}\nb\n`,
    bad: ['2: longer than 1 MiB'],
  },
  {
    name: 'text: a last line that is too long',
    text: 'x'.repeat(1_048_577),
    bad: ['1: longer than 1 MiB'],
  },
  {
    name: 'text: invalid UTF-8',
    text: bytes('a\n', 0xff, '\nb\n', 0xc3, '\n'),
    bad: ['2: is not UTF-8', '4: is not UTF-8'],
  },
  {
    name: 'text: an encoded surrogate is not UTF-8',
    text: bytes(0xed, 0xa0, 0x80, '\n'),
    bad: ['1: is not UTF-8'],
  },
  {
    name: 'text: an overlong encoding is not UTF-8',
    text: bytes(0xc0, 0xaf, '\n'),
    bad: ['1: is not UTF-8'],
  },
  {
    name: 'text: a last line cut within a character',
    text: bytes('a\n', 0xe6, 0x97),
    bad: ['2: is not UTF-8'],
  },
  { name: 'text: NUL', text: 'a\nb\0c\n', bad: ['2: holds a NUL character'] },
  {
    name: 'text: UTF-16',
    text: Buffer.from('a\nb', 'utf16le'),
    bad: ['1: holds a NUL character', '2: holds a NUL character'],
  },

  // CSV
  {
    name: 'csv: a column by name',
    text: 'id,n\n123,1\n007,2\n',
    options: csv,
    ids: ['123', '007'],
  },
  {
    name: 'csv: a column in the middle',
    text: 'a,id,b\n1,123,2\n,007,\n',
    options: csv,
    ids: ['123', '007'],
  },
  {
    name: 'csv: the last column, CR LF',
    text: 'a,id\r\n1,123\r\n2,007',
    options: csv,
    ids: ['123', '007'],
  },
  {
    name: 'csv: without a name the first column',
    text: 'x,y\n123,1\n',
    options: { format: 'csv' },
    ids: ['123'],
  },
  { name: 'csv: one column', text: 'id\n123\n\n007\n', options: csv, ids: ['123', '007'] },
  { name: 'csv: the header alone', text: 'id,n\n', options: csv, ids: [] },
  { name: 'csv: a byte order mark', text: '\ufeffid,n\n123,1\n', options: csv, ids: ['123'] },
  {
    name: 'csv: a byte order mark before a quote',
    text: '\ufeff"id",n\n123,1\n',
    options: csv,
    ids: ['123'],
  },
  { name: 'csv: blank lines', text: '\n\r\nid\n\n123\n\r\n', options: csv, ids: ['123'] },
  {
    name: 'csv: quotes',
    text: 'id,n\n"1,2",3\n"a ""b""","x"\n"",y\n',
    options: csv,
    bad: ['4: has no id'],
  },
  {
    name: 'csv: a quoted header',
    text: '"my ""id""",n\n123,1\n',
    options: { format: 'csv', column: 'my "id"' },
    ids: ['123'],
  },
  {
    name: 'csv: commas and doubled quotes in quotes',
    text: 'id,n\n"1,2",3\n"a ""b""","x"\n"""",""\n',
    options: csv,
    ids: ['1,2', 'a "b"', '"'],
  },
  {
    name: 'csv: line ends in quotes stay as they are',
    text: 'id,n\n"a\nb",1\n"c\r\nd",2\n1,"\n\n"\n',
    options: csv,
    ids: ['a\nb', 'c\r\nd', '1'],
  },
  {
    name: 'csv: a header over several lines',
    text: 'id,"a\nb"\n123,1\n',
    options: csv,
    ids: ['123'],
  },
  { name: 'csv: spaces belong to the field', text: 'id,n\n 1 ,2\n', options: csv, ids: [' 1 '] },
  {
    name: 'csv: too few and too many fields',
    text: 'id,n\n1\n2,3,4\n5,6\n"7","8","9\n"\n',
    options: csv,
    bad: ['2: 1 field instead of 2', '3: 3 fields instead of 2', '5: 3 fields instead of 2'],
  },
  { name: 'csv: no id', text: 'a,id\n1,\n2,x\n', options: csv, bad: ['2: has no id'] },
  {
    name: 'csv: a quote within a field, and the next line is read',
    text: 'id\na"b\nc\n',
    options: csv,
    bad: ['2: a quote within a field that is not quoted'],
  },
  {
    name: 'csv: a space before a quote',
    text: 'id,n\n1, "2"\n',
    options: csv,
    bad: ['2: a quote within a field that is not quoted'],
  },
  {
    name: 'csv: text behind a quote',
    text: 'id\n"a"b\nc\n',
    options: csv,
    bad: ['2: text behind a closing quote'],
  },
  {
    name: 'csv: a quote that is not closed',
    text: 'id\na\n"b\nc\nd',
    options: csv,
    bad: ['3: a quote is not closed'],
  },
  {
    name: 'csv: invalid UTF-8 in another column',
    text: bytes('id,n\n1,', 0xff, '\n'),
    options: csv,
    bad: ['2: is not UTF-8'],
  },
  {
    name: 'csv: invalid UTF-8 within a quoted field',
    text: bytes('id\n"a\n', 0xff, '\nb"\nc\n'),
    options: csv,
    bad: ['2: is not UTF-8'],
  },
  { name: 'csv: NUL', text: 'id\n\0\n', options: csv, bad: ['2: holds a NUL character'] },

  // NDJSON
  {
    name: 'ndjson: a key',
    text: '{"id":"123","n":1}\n{"n":2,"id":"007"}\n',
    options: ndjson,
    ids: ['123', '007'],
  },
  {
    name: 'ndjson: CR LF, spaces, blank lines',
    text: ' {"id" : "1"} \r\n\r\n \t\n{"id":"2"}',
    options: ndjson,
    ids: ['1', '2'],
  },
  {
    name: 'ndjson: escapes',
    text: '{"id":"\\u00e9\\n\\ud83d\\ude00"}\n',
    options: ndjson,
    ids: ['é\n😀'],
  },
  {
    name: 'ndjson: without a key strings',
    text: '"123"\n"007"\n',
    options: { format: 'ndjson' },
    ids: ['123', '007'],
  },
  { name: 'ndjson: a byte order mark', text: '\ufeff{"id":"1"}\n', options: ndjson, ids: ['1'] },
  {
    name: 'ndjson: a number says: quote it',
    text: '{"id":"1"}\n{"id":123}\n',
    options: ndjson,
    bad: ['2: the id is a number: quote it'],
  },
  {
    name: 'ndjson: a bare number too',
    text: '123\n',
    options: { format: 'ndjson' },
    bad: ['1: the id is a number: quote it'],
  },
  {
    name: 'ndjson: neither string nor there',
    text: '{"id":null}\n{"id":true}\n{"id":["1"]}\n{}\n{"Id":"1"}\n',
    options: ndjson,
    bad: [
      '1: the id is not a string',
      '2: the id is not a string',
      '3: the id is not a string',
      '4: has no key `id`',
      '5: has no key `id`',
    ],
  },
  {
    name: 'ndjson: no object',
    text: '"1"\n["1"]\nnull\n7\n',
    options: ndjson,
    bad: [1, 2, 3, 4].map((line) => `${line}: is not an object with the key \`id\``),
  },
  {
    name: 'ndjson: objects without a key',
    text: '{"id":"1"}\n',
    options: { format: 'ndjson' },
    bad: ['1: is not a string: name the key of the id with `column`'],
  },
  {
    name: 'ndjson: not JSON',
    text: '{id:1}\n{"id":"1"\n',
    options: ndjson,
    bad: ['1: is not JSON', '2: is not JSON'],
  },
  { name: 'ndjson: an empty id', text: '{"id":""}\n', options: ndjson, bad: ['1: has no id'] },
  {
    name: 'attack: a lone surrogate by escape',
    text: '{"id":"\\ud800"}\n',
    options: ndjson,
    bad: ['1: the id holds a lone surrogate'],
  },
  {
    name: 'attack: NUL by escape',
    text: '{"id":"a\\u0000b"}\n',
    options: ndjson,
    bad: ['1: the id holds a NUL character'],
  },
  {
    name: 'attack: a key of the prototype',
    text: '{}\n',
    options: { format: 'ndjson', column: 'constructor' },
    bad: ['1: has no key `constructor`'],
  },
  {
    name: 'ndjson: `__proto__` is a key like others',
    text: '{"__proto__":"1"}\n',
    options: { format: 'ndjson', column: '__proto__' },
    ids: ['1'],
  },
];

async function outcome({ text, options }: Case): Promise<readonly string[]> {
  try {
    await load(text, options);
    return [];
  } catch (error) {
    if (!(error instanceof TinctError)) throw error;
    return error.findings.slice(1).map(({ line, message }) => `${line}: ${message}`);
  }
}

for (const each of CASES) {
  t.test(each.name, async (t) => {
    if (each.bad !== undefined) return t.strictSame(await outcome(each), each.bad);
    const { list } = await load(each.text, each.options);
    const ids = each.ids ?? [];
    t.equal(list.size, ids.length);
    return t.ok(holds(list, ids));
  });
}
