/** Percentages are read from their decimal text, exactly. */
import t from 'tap';
import { BUCKETS, formatPercent, parsePercent } from '../src/index.ts';
import { planOf, planText } from './plan-text.ts';

const ALL = Array.from({ length: BUCKETS + 1 }, (_, i) => i);

/** Every thousandth of a percent that a manner of writing gets wrong. */
const wrong = (write: (thousandths: number) => string): number[] =>
  ALL.filter((i) => parsePercent(write(i)) !== i);

const padded = (i: number) => String(i % 1000).padStart(3, '0');

t.test('each of the 100,001 percentages keeps its value, however it is written', async (t) => {
  const manners: Readonly<Record<string, (i: number) => string>> = {
    'as people write it': formatPercent,
    'with all three decimals': (i) => `${Math.floor(i / 1000)}.${padded(i)}`,
    'with a plus and zeros around it': (i) => `+00${Math.floor(i / 1000)}.${padded(i)}000`,
    'through the number that YAML makes of it': (i) => String(Number(formatPercent(i))),
    'through the nearest number': (i) => String(i / 1000),
  };
  for (const [manner, write] of Object.entries(manners)) t.strictSame(wrong(write), [], manner);
});

t.test('floating point alone would get 741 of them wrong', async (t) => {
  t.equal(ALL.filter((i) => Math.floor(Number(formatPercent(i)) * 1000) !== i).length, 741);
});

t.test('formats are the shortest, and differ', async (t) => {
  const texts = ALL.map(formatPercent);
  t.equal(new Set(texts).size, ALL.length);
  t.ok(texts.every((text) => /^(0|[1-9]\d{0,2})(\.\d{0,2}[1-9])?$/.test(text)));
  t.strictSame([0, 1, 10, 100, 1000, 33_333, 100_000].map(formatPercent), [
    '0',
    '0.001',
    '0.01',
    '0.1',
    '1',
    '33.333',
    '100',
  ]);
});

t.test('what is finer, or no plain decimal, has no value', async (t) => {
  const texts =
    '0.0001 .0005 99.9999 0.1234 -1 -0 1e1 1E2 0x10 0o7 1_000 1,5 5% .inf .nan Infinity NaN . + - ٣ five ..5 1.2.3'.split(
      ' ',
    );
  for (const text of [...texts, '', ' 5', '5 ', '5\n'])
    t.equal(parsePercent(text), undefined, JSON.stringify(text));
  for (const [text, value] of Object.entries({ '5.': 5000, '.5': 500, '+.5': 500, '005': 5000 }))
    t.equal(parsePercent(text), value, text);
});

t.test('a plan keeps the value as well', async (t) => {
  const some = [0, 1, 7, 29, 57, 58, 113, 999, 1001, 4350, 16_110, 33_333, 57_999, 99_999, 100_000];
  const rules = some.map((i) => `{ users: [u${i}], percent: ${formatPercent(i)}, variant: v2 }`);
  const release = planOf(planText({ rules })).releases['my-service'];
  t.strictSame(
    release?.rules.map(({ outcome }) => 'thousandths' in outcome && outcome.thousandths),
    some,
  );
});
