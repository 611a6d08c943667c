/** Each operator: true, false, and unknown for what is missing or of another type; and Kleene's tables over them. */
import t from 'tap';
import { compileComparison, type Kleene, MAX_MATCHED } from '../src/conditions/comparison.ts';
import { compileCondition, traceCondition } from '../src/conditions/condition.ts';
import type { AttributeValue, Comparison, Condition } from '../src/index.ts';
import { OPERATORS } from '../src/plan/schema.ts';

interface OperatorCase {
  readonly is: Comparison;
  readonly true: readonly unknown[];
  readonly false: readonly unknown[];
  readonly unknown: readonly unknown[];
}

const NO_TEXT = [undefined, null, 1, true, ['a'], {}, Number.NaN];
const NO_NUMBER = [undefined, null, '1', '', true, [1], Number.NaN, Infinity, -Infinity, 1n];

const CASES: readonly OperatorCase[] = [
  {
    is: { op: 'exists', operand: true },
    true: ['', 'a', 0, false, [], ['a']],
    false: [undefined, null, Number.NaN, Infinity, {}],
    unknown: [],
  },
  {
    is: { op: 'exists', operand: false },
    true: [undefined, null, Number.NaN],
    false: ['', 0, false, []],
    unknown: [],
  },
  { is: { op: 'equals', operand: 'a' }, true: ['a'], false: ['A', '', 'a '], unknown: NO_TEXT },
  { is: { op: 'equals', operand: '' }, true: [''], false: ['a'], unknown: NO_TEXT },
  {
    is: { op: 'equals', operand: 0 },
    true: [0, -0],
    false: [1, 1e-9],
    unknown: NO_NUMBER,
  },
  {
    is: { op: 'equals', operand: false },
    true: [false],
    false: [true],
    unknown: [undefined, null, 'false', 0, []],
  },
  {
    is: { op: 'in', operand: ['a', 1] },
    true: ['a', 1],
    false: ['b', '1', 2],
    unknown: [undefined, true, ['a'], Number.NaN],
  },
  {
    is: { op: 'startsWith', operand: 'ab' },
    true: ['ab', 'abc'],
    false: ['a', 'cab', 'AB', ''],
    unknown: NO_TEXT,
  },
  {
    is: { op: 'endsWith', operand: '@example.com' },
    true: ['a@example.com', '@example.com'],
    false: ['a@example.com.evil', 'a@EXAMPLE.com', ''],
    unknown: NO_TEXT,
  },
  {
    is: { op: 'contains', operand: 'b' },
    true: ['abc', 'b', ['a', 'b']],
    false: ['ac', '', [], ['abc'], ['B']],
    unknown: [undefined, null, 1, true, {}],
  },
  {
    is: { op: 'matches', operand: 'a+b?' },
    true: ['a', 'aab'],
    false: ['', 'b', 'xa', 'ab ', 'a\n', `${'a'.repeat(MAX_MATCHED - 1)}c`],
    unknown: [...NO_TEXT, 'a'.repeat(MAX_MATCHED + 1)],
  },
  { is: { op: 'gt', operand: 3 }, true: [3.1, 1e9], false: [3, -4, 0], unknown: NO_NUMBER },
  { is: { op: 'gte', operand: 3 }, true: [3, 4], false: [2.9, -0], unknown: NO_NUMBER },
  { is: { op: 'lt', operand: 3 }, true: [2.9, -1e9], false: [3, 4], unknown: NO_NUMBER },
  { is: { op: 'lte', operand: 3 }, true: [3, 0], false: [3.1], unknown: NO_NUMBER },
  {
    is: { op: 'semver', operand: { gte: '1.2.0', lt: '2.0.0' } },
    true: ['1.2.0', '1.10.0', '1.2.1-rc.1', '2.0.0-rc.1', '1.2.0+build'],
    false: ['1.1.9', '2.0.0', '1.2.0-rc.1', '2.0.0+build'],
    unknown: [...NO_TEXT, '', 'v1.2.0', '1.2', '1.2.0.0', '01.2.0', '1.2.x', ' 1.2.0', '^1.2.0'],
  },
  {
    is: { op: 'semver', operand: { eq: '1.2.0+a' } },
    true: ['1.2.0', '1.2.0+b'],
    false: ['1.2.0-a', '1.2.1'],
    unknown: ['1.2'],
  },
  {
    is: { op: 'semver', operand: { gt: '1.0.0-rc.2', lte: '1.0.0' } },
    true: ['1.0.0-rc.10', '1.0.0'],
    false: ['1.0.0-rc.2', '1.0.0-alpha', '1.0.1'],
    unknown: ['rc.10'],
  },
  {
    is: { op: 'before', operand: '2026-01-31T08:00:00Z' },
    true: ['2026-01-31T07:59:59Z', '2026-01-31T09:59:59+02:00', '1999-01-01T00:00:00.5Z'],
    false: ['2026-01-31T08:00:00Z', '2026-01-31T07:00:00-01:00', '2026-02-01T00:00:00Z'],
    unknown: [
      ...NO_TEXT,
      '',
      '2026-01-31',
      '2026-01-31T08:00Z',
      '2026-01-31 08:00:00Z',
      '2026-02-29T00:00:00Z',
      '2026-01-31T24:00:00Z',
      '2026-01-31T08:00:60Z',
      '1769846400',
    ],
  },
  {
    is: { op: 'after', operand: '2024-02-29T00:00:00Z' },
    true: ['2024-02-29T00:00:00.001Z', '2024-02-28T23:00:00-02:00'],
    false: ['2024-02-29T00:00:00Z', '2024-02-28T23:59:59Z'],
    unknown: [...NO_TEXT, 'yesterday'],
  },
  {
    is: { op: 'inCidr', operand: ['10.0.0.0/8', '2001:db8::/32', '192.168.1.1/32'] },
    true: [
      '10.0.0.0',
      '10.255.255.255',
      '192.168.1.1',
      '2001:db8::1',
      '2001:DB8:0:0::1',
      '::ffff:10.1.2.3',
    ],
    false: ['11.0.0.1', '192.168.1.2', '2001:db9::1', '::1', '::ffff:11.0.0.1'],
    unknown: [
      ...NO_TEXT,
      '',
      '10.0.0',
      '010.0.0.1',
      '10.0.0.256',
      '0x0a000001',
      '10.0.0.1:80',
      '[::1]',
      'fe80::1%eth0',
      '1::2::3',
      'localhost',
    ],
  },
  {
    is: { op: 'inCidr', operand: ['0.0.0.0/0'] },
    true: ['0.0.0.0', '255.255.255.255'],
    false: ['::', '2001:db8::1'],
    unknown: ['any'],
  },
];

t.test('every operator has its cases', async (t) => {
  t.strictSame([...new Set(CASES.map(({ is }) => is.op))].sort(), [...OPERATORS].sort());
});

for (const of of CASES)
  t.test(`${of.is.op} ${JSON.stringify(of.is.operand)}`, async (t) => {
    const test = compileComparison(of.is);
    const answers: [Kleene, readonly unknown[]][] = [
      [true, of.true],
      [false, of.false],
      [undefined, of.unknown],
    ];
    for (const [answer, values] of answers)
      for (const value of values)
        t.equal(
          test(value as AttributeValue),
          answer,
          typeof value === 'bigint' ? '1n' : JSON.stringify(value),
        );
  });

/** A condition of each value, whatever the attributes are. */
const VALUES: readonly [Kleene, Condition][] = [
  [true, { kind: 'attribute', attribute: 'none', comparisons: [{ op: 'exists', operand: false }] }],
  [false, { kind: 'attribute', attribute: 'none', comparisons: [{ op: 'exists', operand: true }] }],
  [undefined, { kind: 'attribute', attribute: 'none', comparisons: [{ op: 'gt', operand: 1 }] }],
];

const rank = (value: Kleene): number => (value === undefined ? 1 : value ? 2 : 0);
const byRank = [false, undefined, true] as const;

t.test("Kleene's tables: not, and all and any of up to three", async (t) => {
  const answer = (condition: Condition) => compileCondition(condition)({});
  for (const [a, left] of VALUES) {
    t.equal(answer({ kind: 'not', condition: left }), byRank[2 - rank(a)], `not ${a}`);
    t.equal(answer({ kind: 'all', conditions: [left] }), a);
    t.equal(answer({ kind: 'any', conditions: [left] }), a);
    for (const [b, right] of VALUES)
      for (const [c, last] of VALUES) {
        const conditions = [left, right, last];
        const ranks = [a, b, c].map(rank);
        t.equal(
          answer({ kind: 'all', conditions }),
          byRank[Math.min(...ranks)],
          `all ${a} ${b} ${c}`,
        );
        t.equal(
          answer({ kind: 'any', conditions }),
          byRank[Math.max(...ranks)],
          `any ${a} ${b} ${c}`,
        );
      }
  }
});

t.test('several comparisons of one attribute must all hold', async (t) => {
  const between = compileCondition({
    kind: 'attribute',
    attribute: 'visits',
    comparisons: [
      { op: 'gt', operand: 1 },
      { op: 'lt', operand: 9 },
      { op: 'in', operand: [2, 3, 'x'] },
    ],
  });
  t.equal(between({ visits: 2 }), true);
  t.equal(between({ visits: 4 }), false);
  t.equal(between({ visits: 10 }), false);
  t.equal(between({ visits: 'x' }), undefined, 'true and unknown');
  t.equal(between({ visits: 'y' }), false, 'false beats unknown');
  t.equal(between({}), undefined);
});

t.test('attack: an attribute has only its own value, not what every object inherits', async (t) => {
  for (const attribute of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    const exists = compileCondition({
      kind: 'attribute',
      attribute,
      comparisons: [{ op: 'exists', operand: true }],
    });
    t.equal(exists({}), false, attribute);
    t.equal(exists(Object.fromEntries([[attribute, 'x']])), true, attribute);
  }
});

t.test('attack: an evil expression meets an evil text in linear time', async (t) => {
  const test = compileComparison({ op: 'matches', operand: '(a|a?)+(a*)*b' });
  const start = process.cpuUsage();
  t.equal(test('a'.repeat(MAX_MATCHED)), false);
  t.ok(process.cpuUsage(start).user < 2e6);
});

t.test('a trace gives the answer of each part', async (t) => {
  const [, yes] = VALUES[0] as [Kleene, Condition];
  const [, unknown] = VALUES[2] as [Kleene, Condition];
  const trace = traceCondition(
    { kind: 'all', conditions: [yes, { kind: 'not', condition: unknown }] },
    {},
  );
  t.match(trace, {
    text: 'all',
    result: 'unknown',
    inside: [
      { text: 'none exists false (none has no value)', result: 'true', inside: [] },
      { text: 'not', result: 'unknown', inside: [{ result: 'unknown' }] },
    ],
  });
});
