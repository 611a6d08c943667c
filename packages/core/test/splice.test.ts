import t from 'tap';
import { type Edit, set, splice } from '../src/plan/splice.ts';

const append = (path: Edit['path'], value: Edit['value']): Edit => ({
  kind: 'append',
  path,
  value,
});

interface Case {
  readonly name: string;
  readonly text: string;
  readonly edits: readonly Edit[];
  readonly result: string;
}

const written: readonly Case[] = [
  {
    name: 'a number, and the comment behind it stays where it is',
    text: 'a: 5 # five\nb: 1\n',
    edits: [set(['a'], 12.5)],
    result: 'a: 12.5 # five\nb: 1\n',
  },
  {
    name: 'texts keep their quotes',
    text: `a: "x"\nb: 'x'\nc: x\n`,
    edits: [set(['a'], 'new'), set(['b'], 'new'), set(['c'], 'new')],
    result: `a: "new"\nb: 'new'\nc: new\n`,
  },
  {
    name: 'a text that would be read as something else is quoted',
    text: 'a: x\nb: x\nc: x\nd: x\n',
    edits: [set(['a'], 'true'), set(['b'], '12'), set(['c'], '1e5'), set(['d'], 'No')],
    result: 'a: "true"\nb: "12"\nc: "1e5"\nd: "No"\n',
  },
  {
    name: 'a digest in quotes, whatever it begins with',
    text: 'a: x\nb: x\n',
    edits: [set(['a'], 'ab12'.repeat(16)), set(['b'], '12e4'.repeat(16))],
    result: `a: "${'ab12'.repeat(16)}"\nb: "${'12e4'.repeat(16)}"\n`,
  },
  {
    name: 'a quote within single quotes takes double ones',
    text: `a: 'it''s'\n`,
    edits: [set(['a'], "don't")],
    result: `a: "don't"\n`,
  },
  {
    name: 'a text in a block, whose line end stays',
    text: 'a: |-\n  old\n\n# b\nb: >\n  old\nc: 1\n',
    edits: [set(['a'], 'new'), set(['b'], 'new')],
    result: 'a: new\n\n# b\nb: new\nc: 1\n',
  },
  {
    name: 'a list in lines, and what follows it',
    text: 'r:\n  - [0, 1] # one\n  # two\n  - [2, 3] # three\n# after\nb: 1\n',
    edits: [set(['r'], [[0, 5]])],
    result: 'r:\n   [[0, 5]] # three\n# after\nb: 1\n',
  },
  {
    name: 'a list in lines as far left as its key',
    text: 'a:\n- r:\n  - 1\n  - 2\n  s: 1\n',
    edits: [set(['a', 0, 'r'], [])],
    result: 'a:\n- r:\n   []\n  s: 1\n',
  },
  {
    name: 'an anchor stays',
    text: 'a: &x 5\nb: &y\n  - 1\n',
    edits: [set(['a'], 6), append(['b'], 2)],
    result: 'a: &x 6\nb: &y\n  - 1\n  - 2\n',
  },
  {
    name: 'an alias gives way to the value that its place gets',
    text: 'a: &x 5\nb: *x\n',
    edits: [set(['b'], 6)],
    result: 'a: &x 5\nb: 6\n',
  },
  {
    name: 'a new key above the first, as far in',
    text: 'a:\n    # about b\n    b: 1\nc: 2\n',
    edits: [set(['a', 'n'], 'x')],
    result: 'a:\n    # about b\n    n: x\n    b: 1\nc: 2\n',
  },
  {
    name: 'a new key behind a dash',
    text: 'a:\n  -   b: 1\n      c: 2\n',
    edits: [set(['a', 0, 'n'], 'x')],
    result: 'a:\n  -   n: x\n      b: 1\n      c: 2\n',
  },
  {
    name: 'a new key between braces',
    text: 'a: { b: 1 }\nc: {}\nd: {\n  e: 1,\n}\n',
    edits: [set(['a', 'n'], 1), set(['c', 'n'], 1), set(['d', 'n'], 1)],
    result: 'a: { n: 1, b: 1 }\nc: { n: 1 }\nd: {\n  n: 1,\n  e: 1,\n}\n',
  },
  {
    name: 'a comment within empty braces or brackets stays',
    text: 'a: { # none\n  }\nb: [ # none\n  ]\n',
    edits: [set(['a', 'n'], 1), append(['b'], 1)],
    result: 'a: { n: 1  # none\n  }\nb: [1 # none\n  ]\n',
  },
  {
    name: 'JSON stays JSON',
    text: '{"a": "x", "b": [], "c": {"d": 1}}',
    edits: [set(['a'], 'y'), append(['b'], { v: ['w'] }), set(['c', 'n'], 'x')],
    result: '{"a": "y", "b": [{ "v": ["w"] }], "c": {"n": "x", "d": 1}}',
  },
  {
    name: 'JSON in lines, indented with tabs',
    text: '{\n\t"a": {\n\t\t"b": 1\n\t},\n\t"c": [\n\t\t1\n\t]\n}\n',
    edits: [set(['a', 'n'], 2), append(['c'], 2)],
    result: '{\n\t"a": {\n\t\t"n": 2,\n\t\t"b": 1\n\t},\n\t"c": [\n\t\t1,\n\t\t2\n\t]\n}\n',
  },
  {
    name: 'lines that end with CRLF',
    text: 'a:\r\n  - 1\r\nb:\r\n  c: 1',
    edits: [append(['a'], 2), set(['b', 'n'], 1), set(['b', 'c'], 2)],
    result: 'a:\r\n  - 1\r\n  - 2\r\nb:\r\n  n: 1\r\n  c: 2',
  },
  {
    name: 'a last line without an end',
    text: 'a:\n  - 1',
    edits: [append(['a'], 2)],
    result: 'a:\n  - 1\n  - 2',
  },
  {
    name: 'a list that ends with an item in lines, a comment and a blank line',
    text: 'r:\n- a: 1\n  b:\n  - x # last\n\n# end\nc: 1\n',
    edits: [append(['r'], { p: 5 })],
    result: 'r:\n- a: 1\n  b:\n  - x # last\n- { p: 5 }\n\n# end\nc: 1\n',
  },
  {
    name: 'items with anchors and tags',
    text: 'r:\n  - &x # hi\n    a: 1\n  - !!map\n    a: 2\n',
    edits: [append(['r'], 3)],
    result: 'r:\n  - &x # hi\n    a: 1\n  - !!map\n    a: 2\n  - 3\n',
  },
  {
    name: 'brackets with a comma at their end',
    text: 'r: [ 1, 2, ]\ns: [\n  1, # one\n  2, # two\n]\n',
    edits: [append(['r'], 3), append(['s'], 3)],
    result: 'r: [ 1, 2, 3, ]\ns: [\n  1, # one\n  2,\n  3, # two\n]\n',
  },
  {
    name: 'a list that is not there yet',
    text: 'a:\n  b: 1\n',
    edits: [append(['a', 'r'], { p: 1 })],
    result: 'a:\n  r: [{ p: 1 }]\n  b: 1\n',
  },
  {
    name: 'a document between its markers, after a byte order mark',
    text: '\uFEFF--- # doc\na: 1\n...\n',
    edits: [set(['a'], 2), set(['n'], 1)],
    result: '\uFEFF--- # doc\nn: 1\na: 2\n...\n',
  },
  {
    name: 'explicit keys and quoted keys',
    text: `? "a"\n: 1\n'b' : 1\n`,
    edits: [set(['a'], 2), set(['b'], 2)],
    result: `? "a"\n: 2\n'b' : 2\n`,
  },
  { name: 'nothing', text: 'a:   1 \r\n', edits: [], result: 'a:   1 \r\n' },
];

for (const { name, text, edits, result } of written) {
  t.test(`writes ${name}`, async (t) => t.equal(splice(text, edits), result));
}

const refused: readonly Omit<Case, 'result'>[] = [
  { name: 'a value that an alias repeats', text: 'a: &x 5\nb: *x\n', edits: [set(['a'], 6)] },
  {
    name: 'a value inside of what an alias repeats',
    text: 'a: &x { c: 1 }\nb: *x\n',
    edits: [set(['b', 'c'], 6)],
  },
  {
    name: 'a new key in what an alias repeats',
    text: 'a: &x { c: 1 }\nb: *x\n',
    edits: [set(['b', 'd'], 6)],
  },
  {
    name: 'an item of a list that an alias repeats',
    text: 'a: &x\n  - 1\nb: *x\n',
    edits: [append(['a'], 2)],
  },
  { name: 'a key without its map', text: 'a: 1\n', edits: [set(['b', 'c'], 1)] },
  { name: 'a key in a list', text: 'a: [1]\n', edits: [set(['a', 'c'], 1)] },
  { name: 'an item of what is no list', text: 'a: 1\n', edits: [append(['a'], 1)] },
  { name: 'a key before an explicit one', text: '? a\n: 1\n', edits: [set(['c'], 1)] },
  { name: 'anything in what is no YAML', text: 'a: [1\n', edits: [set(['a'], 1)] },
];

for (const { name, text, edits } of refused) {
  t.test(`refuses to write ${name}`, async (t) => {
    t.throws(() => splice(text, edits), { name: 'TinctError', code: 'TINCT_PLAN_EDIT' });
  });
}

t.test('a refusal says which place', async (t) => {
  t.throws(() => splice('a: &x 5\nb: *x\n', [set(['a'], 6)]), { message: /cannot write a here/ });
});
