import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as reference from 'structured-headers';
import t from 'tap';
import { formatDecision, formatDecisions, parseDecisions } from '../../src/carriers/decision.ts';
import { parseDictionary } from '../../src/carriers/structured.ts';
import { REASONS } from '../../src/decide/reason.ts';
import type { Decision } from '../../src/decide/types.ts';

const decision = (more: Partial<Decision> = {}): Decision => ({
  release: 'my-service',
  variant: 'v2',
  reason: 'SPLIT',
  rule: 3,
  revision: 12,
  epoch: 1,
  arm: 'canary',
  detail: undefined,
  ...more,
});

const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/);
const counter = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const anyDecision: fc.Arbitrary<Decision> = fc.record({
  release: label,
  variant: label,
  reason: fc.constantFrom(...REASONS),
  rule: fc.integer({ min: -1, max: 999 }),
  revision: counter,
  epoch: counter,
  arm: fc.constantFrom('canary', 'control', 'other'),
  detail: fc.constant(undefined),
});

t.test('a decision reads as one dictionary member', async (t) => {
  t.equal(formatDecision(decision()), 'my-service="v2";rev=12;epoch=1;reason=SPLIT;arm=canary');
});

t.test('several decisions share one header', async (t) => {
  const text = formatDecisions([decision(), decision({ release: 'cart', variant: 'v1' })]);
  t.same(Object.keys(parseDecisions(text) ?? {}), ['my-service', 'cart']);
});

t.test('a release whose name begins with a digit gets a key that RFC 9651 allows', async (t) => {
  const text = formatDecision(decision({ release: '3d-view' }));
  t.match(text, /^\*3d-view="v2"/);
  t.equal(parseDecisions(text)?.['3d-view']?.variant, 'v2');
});

t.test('a revision beyond RFC 9651 integers survives', async (t) => {
  const text = formatDecision(decision({ revision: Number.MAX_SAFE_INTEGER }));
  t.match(text, /rev="9007199254740991"/);
  t.equal(parseDecisions(text)?.['my-service']?.revision, Number.MAX_SAFE_INTEGER);
});

t.test('what is written is read back, whatever the names and counters', async () => {
  fc.assert(
    fc.property(fc.uniqueArray(anyDecision, { selector: (d) => d.release }), (decisions) => {
      const carried = parseDecisions(formatDecisions(decisions)) ?? {};
      for (const { release, variant, revision, epoch, reason, arm } of decisions)
        assert.deepEqual(carried[release], { variant, revision, epoch, reason, arm });
      assert.equal(Object.keys(carried).length, decisions.length);
    }),
    { numRuns: 300 },
  );
});

t.test('what is written is a dictionary to another implementation of RFC 9651', async () => {
  fc.assert(
    fc.property(fc.uniqueArray(anyDecision, { selector: (d) => d.release }), (decisions) => {
      assert.equal(reference.parseDictionary(formatDecisions(decisions)).size, decisions.length);
    }),
    { numRuns: 300 },
  );
});

t.test('unknown members, parameters and types are passed over', async (t) => {
  const rest =
    ';rev=12;epoch=1;reason=SPLIT;arm=canary;shard=?1;x=1.5;y=:aGk=:;z=@1700000000;w=%"a%c3%a9"';
  const carried = parseDecisions(`later=(1 "two" three;q=1), cart="v2"${rest}, flag, old=1`);
  t.same(Object.keys(carried ?? {}), ['cart']);
});

const incomplete = [
  ['no variant', 'cart;rev=1;epoch=1;reason=SPLIT;arm=canary'],
  ['a token as variant', 'cart=v2;rev=1;epoch=1;reason=SPLIT;arm=canary'],
  ['a variant that is no label', 'cart="V 2";rev=1;epoch=1;reason=SPLIT;arm=canary'],
  ['a key that is no label', 'a_b="v2";rev=1;epoch=1;reason=SPLIT;arm=canary'],
  ['a second spelling of a release', '*cart="v2";rev=1;epoch=1;reason=SPLIT;arm=canary'],
  ['no revision', 'cart="v2";epoch=1;reason=SPLIT;arm=canary'],
  ['a revision of 0', 'cart="v2";rev=0;epoch=1;reason=SPLIT;arm=canary'],
  ['a negative epoch', 'cart="v2";rev=1;epoch=-1;reason=SPLIT;arm=canary'],
  ['an inexact epoch', 'cart="v2";rev=1;epoch="9007199254740993";reason=SPLIT;arm=canary'],
  ['an unknown reason', 'cart="v2";rev=1;epoch=1;reason=LUCK;arm=canary'],
  ['a string as arm', 'cart="v2";rev=1;epoch=1;reason=SPLIT;arm="canary"'],
] as const;
for (const [what, text] of incomplete)
  t.test(`${what}: nothing is carried`, async (t) => {
    t.same(parseDecisions(text), Object.create(null));
  });

const malformed = [
  'a="b',
  'a=',
  'A="b"',
  'a="b",',
  'a="b" c="d"',
  'a="\u00e9"',
  'a;;',
  '=',
  'a=1.',
  'a=(1',
];
for (const text of [...malformed, `a="${'x'.repeat(20_000)}"`])
  t.test(`${text.slice(0, 12)} is no dictionary`, async (t) => {
    t.equal(parseDecisions(text), undefined);
  });

t.test('__proto__ and constructor are names like any other', async (t) => {
  const text = formatDecisions([decision({ release: 'constructor' })]);
  t.same(Object.keys(parseDecisions(text) ?? {}), ['constructor']);
  t.equal(parseDecisions('')?.['constructor'], undefined);
});

const alphabet = [...'ab*19-_."\\;=, \t()?@:%zA\u00e9'];
const noise = fc.oneof(
  fc.string(),
  fc.string({ unit: fc.constantFrom(...alphabet) }),
  fc
    .array(fc.constantFrom('a', '="b"', ';x=1', ';y', ', ', ',', '=tok', '=1.5', '=()', '=(1 2)'))
    .map((a) => a.join('')),
);

t.test('parsing never throws', async () => {
  fc.assert(
    fc.property(noise, (text) => {
      parseDecisions(text);
    }),
    { numRuns: 5000 },
  );
});

function referenceKeys(text: string): string[] | undefined {
  try {
    return [...reference.parseDictionary(text).keys()];
  } catch {
    return undefined;
  }
}

t.test('another implementation of RFC 9651 accepts and refuses the same texts', async () => {
  fc.assert(
    fc.property(noise, (text) => {
      fc.pre(!/[@:%]/.test(text));
      const keys = parseDictionary(text)?.keys();
      assert.deepEqual(keys && [...keys], referenceKeys(text));
    }),
    { numRuns: 5000 },
  );
});
