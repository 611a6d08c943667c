/** Conditions and the attributes that they ask about. */
import fc from 'fast-check';

const TEXTS = [
  '',
  'a',
  'ab',
  'abc',
  'Alice@Example.com',
  'alice@example.com',
  'zoë',
  'zoe\u0308',
  '😀',
  'a\nb',
  '5',
] as const;
const NUMBERS = [-1, 0, 5, 5.5, 2 ** 53] as const;
const VERSIONS = [
  '0.9.9',
  '1.0.0',
  '1.0.0+build.7',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-2',
  '1.0.0-11',
  '1.10.0',
  '1.9.0',
  '9007199254740991.0.0',
] as const;
const NO_VERSIONS = [
  'v1.0.0',
  '1.0',
  '01.0.0',
  '1.0.0-01',
  '1.0.0-9007199254740993',
  '9007199254740992.0.0',
];
const TIMES = [
  '2026-01-01T00:00:00Z',
  '2025-12-31T23:59:59.999Z',
  '2026-01-01T01:00:00+01:00',
  '2026-01-01T00:00:00.0009Z',
  '2024-02-29T12:00:00-00:30',
] as const;
const NO_TIMES = [
  '2026-02-29T00:00:00Z',
  '2026-01-01',
  '2026-01-01t00:00:00z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T00:00:60Z',
];
const ADDRESSES = [
  '10.1.2.3',
  '10.255.255.255',
  '11.0.0.0',
  '192.168.0.1',
  '::ffff:10.1.2.3',
  '::ffff:a01:203',
  '::10.1.2.3',
  '::a01:203',
  '2001:db8::1',
  '2001:DB8:0:0:0:0:0:1',
  '2001:db9::',
  '::',
  '::1',
];
const NO_ADDRESSES = [
  '010.1.2.3',
  '10.1.2',
  '::ffff:010.1.2.3',
  '::ffff:0x7f.0.0.1',
  'fe80::1%eth0',
  '[::1]',
  '1::2::3',
  '256.0.0.1',
];
const RANGES = [
  '10.0.0.0/8',
  '10.1.2.3/32',
  '0.0.0.0/0',
  '2001:db8::/32',
  '::/0',
  '::1/128',
  '::ffff:10.0.0.0/104',
  '10.1.2.3/31',
];
const PATTERNS = [
  'a.*',
  '.',
  'a|b',
  '[a-c]+',
  '(?i)ALICE@.*',
  '(?s)a.b',
  'a.b',
  '\\w+',
  '\\d+',
  '.*@example\\.com',
  'zo.',
  '(a|b)*c?',
];

const from = <T>(values: readonly T[]) => fc.constantFrom(...values);
const scalar = fc.oneof(from(TEXTS), from(NUMBERS), fc.boolean());
const version = from(VERSIONS);

const OPERATORS = {
  exists: fc.boolean(),
  equals: scalar,
  in: fc.array(scalar, { minLength: 1, maxLength: 3 }),
  startsWith: from(TEXTS),
  endsWith: from(TEXTS),
  contains: from(TEXTS),
  matches: from(PATTERNS),
  gt: from(NUMBERS),
  gte: from(NUMBERS),
  lt: from(NUMBERS),
  lte: from(NUMBERS),
  semver: fc.oneof(
    from(['eq', 'gt', 'gte', 'lt', 'lte']).chain((bound) => fc.record({ [bound]: version })),
    fc.record({ gte: version, lt: version }),
    fc.record({ eq: version, gt: version, lte: version }, { requiredKeys: ['gt'] }),
  ),
  before: from(TIMES),
  after: from(TIMES),
  inCidr: fc.array(from(RANGES), { minLength: 1, maxLength: 2 }),
};
type Operator = keyof typeof OPERATORS;

const value = {
  text: from([...TEXTS, 'x'.repeat(1024), 'x'.repeat(1025)]),
  number: from([...NUMBERS, Number.NaN, Number.POSITIVE_INFINITY]),
  flag: fc.boolean(),
  list: fc.array(from(TEXTS), { maxLength: 3 }),
  version: from([...VERSIONS, ...NO_VERSIONS]),
  time: from([...TIMES, ...NO_TIMES]),
  address: from([...ADDRESSES, ...NO_ADDRESSES]),
  constructor: from(TEXTS),
};
export type Attribute = keyof typeof value;

/** What is usually asked of each attribute. */
const FITTING: Record<Attribute, readonly Operator[]> = {
  text: ['exists', 'equals', 'in', 'startsWith', 'endsWith', 'contains', 'matches'],
  number: ['exists', 'equals', 'in', 'gt', 'gte', 'lt', 'lte'],
  flag: ['exists', 'equals', 'in'],
  list: ['exists', 'contains'],
  version: ['semver', 'matches'],
  time: ['before', 'after'],
  address: ['inCidr'],
  constructor: ['exists', 'equals'],
};

const ATTRIBUTES = Object.keys(value) as Attribute[];
const ALL = Object.keys(OPERATORS) as Operator[];

/** One or two comparisons of one attribute; now and then one that does not suit it. */
const comparison = from(ATTRIBUTES).chain((attribute) =>
  fc
    .uniqueArray(fc.oneof({ weight: 9, arbitrary: from(FITTING[attribute]) }, from(ALL)), {
      minLength: 1,
      maxLength: 2,
    })
    .chain((operators) =>
      fc.record(
        Object.fromEntries(operators.map((op) => [op, OPERATORS[op] as fc.Arbitrary<unknown>])),
      ),
    )
    .map((operands) => ({ attribute, ...operands })),
);

type Json = Record<string, unknown>;

/** Conditions up to three levels deep. */
export const condition: fc.Arbitrary<Json> = fc.letrec<{ node: Json }>((tie) => {
  const inner = fc.array(tie('node'), { minLength: 1, maxLength: 3 });
  return {
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true, maxDepth: 2 },
      { weight: 5, arbitrary: comparison },
      { weight: 1, arbitrary: fc.record({ all: inner }) },
      { weight: 1, arbitrary: fc.record({ any: inner }) },
      { weight: 1, arbitrary: fc.record({ not: tie('node') }) },
    ),
  };
}).node;

const wrong = fc.oneof(scalar, value.list);

export const attributes = {
  declared: Object.fromEntries(ATTRIBUTES.map((name) => [name, { claim: name }])),
  /** Each may be missing, or of a wrong type. */
  values: fc.record(
    Object.fromEntries(
      ATTRIBUTES.map((name) => [
        name,
        fc.oneof({ weight: 9, arbitrary: value[name] as fc.Arbitrary<unknown> }, wrong),
      ]),
    ),
    { requiredKeys: [] },
  ),
};
