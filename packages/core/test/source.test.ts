/** What the text of a plan may hold, how much of it, and where its mistakes are said to be. */
import t from 'tap';
import { MAX_INLINE_IDS, MAX_RELEASES, MAX_RULES } from '../src/plan/check/limits.ts';
import { MAX_TEXT } from '../src/plan/source.ts';
import { MAX_DEPTH, MAX_VALUES } from '../src/plan/tree.ts';
import { planText, planWith, releaseText } from './plan-text.ts';
import { codesOf, many, safely } from './safely.ts';

t.test('positions count UTF-16 code units from 1, whatever ends the lines', async (t) => {
  const text = planText({ rules: ['{ users: ["😀", 5], variant: v2 }'] });
  for (const variant of [text, text.replaceAll('\n', '\r\n'), `\ufeff${text}`]) {
    const [found] = safely(variant).findings;
    t.match(found, { code: 'TINCT_PLAN_ID_UNQUOTED', line: 12, column: 25 });
  }
  t.match(safely(`\ufeffapiVersions: 1\n`).findings[0], { line: 1, column: 1 });
});

t.test('characters that nobody can send are found wherever they stand', async (t) => {
  const inId = (id: string) => planText({ rules: [`{ users: ["${id}"], variant: v2 }`] });
  const inKey = (key: string) => planText({ rules: [`{ "${key}": 1, percent: 5, variant: v2 }`] });
  for (const bad of [
    '\0',
    '\\0',
    '\\u0000',
    '\ud800',
    '\udc00',
    '\\ud800',
    '\\udc00',
    '\\ud800x',
  ]) {
    t.ok(codesOf(inId(bad)).includes('TINCT_PLAN_CHARACTER'), JSON.stringify(bad));
    t.ok(codesOf(inKey(bad)).includes('TINCT_PLAN_CHARACTER'), `${JSON.stringify(bad)} in a key`);
  }
  for (const bad of ['\0', '\ud800', '\udc00\ud800'])
    t.strictSame(codesOf(`${planText()}# ${bad}\n`), ['TINCT_PLAN_CHARACTER'], 'in a comment');
  for (const good of ['😀', '\\ud83d\\ude00', '\\U0001F600', '\\u0001', 'é', '\u200d'])
    t.strictSame(codesOf(inId(good)), [], JSON.stringify(good));
});

const deep = (levels: number) =>
  planText({
    top: 'attributes:\n  plan: { claim: plan }\n',
    rules: [
      // The condition lies in five collections, and what it asks in one more.
      `{ variant: v2, when: ${'{ not: '.repeat(levels - 6)}{ attribute: plan, equals: a }${' }'.repeat(levels - 6)} }`,
    ],
  });

t.test('a plan at each limit is accepted, one beyond it is not', async (t) => {
  const releases = (count: number) =>
    planWith(many(count, (i) => releaseText(i, [`h${i}.example`]), ''));
  const rules = (count: number) =>
    planText({ rules: Array.from({ length: count }, (_, i) => `{ users: [u${i}], variant: v2 }`) });
  const users = (count: number) =>
    planText({ rules: [`{ users: [${many(count, (i) => `u${i}`)}], variant: v2 }`] });
  const cohort = (count: number) =>
    planText({
      top: `cohorts:\n  beta: { users: [${many(count, (i) => `u${i}`)}] }\n`,
      rules: ['{ cohort: beta, variant: v2 }'],
    });
  const padded = (length: number) =>
    planText()
      .padEnd(length - 1, ' ')
      .concat('#');
  const limits: [string, (count: number) => string, number][] = [
    ['releases', releases, MAX_RELEASES],
    ['rules', rules, MAX_RULES],
    ['ids of a rule', users, MAX_INLINE_IDS],
    ['ids of a cohort', cohort, MAX_INLINE_IDS],
    ['levels', deep, MAX_DEPTH],
    ['characters', padded, MAX_TEXT],
  ];
  for (const [what, plan, most] of limits) {
    t.strictSame(codesOf(plan(most)), [], `${most} ${what}`);
    t.strictSame(codesOf(plan(most + 1)), ['TINCT_PLAN_TOO_LARGE'], `${most + 1} ${what}`);
  }
});

t.test('the number of values is limited, written out or not', async (t) => {
  const numbers = (count: number) => `[${many(count, () => '1', ',')}]`;
  const before = 22;
  const fits = `${planText()}x: ${numbers(MAX_VALUES - before)}\n`;
  t.strictSame(codesOf(fits), ['TINCT_PLAN_KEY_UNKNOWN']);
  t.strictSame(codesOf(`${planText()}x: ${numbers(MAX_VALUES - before + 1)}\n`), [
    'TINCT_PLAN_TOO_LARGE',
  ]);
  const half = `${planText()}x: &x ${numbers(MAX_VALUES / 2)}\n`;
  t.strictSame(codesOf(`${half}y: *x\n`), ['TINCT_PLAN_ALIAS_BOMB']);
});

t.test('an anchor may be used as often as one likes', async (t) => {
  const rules = Array.from({ length: 500 }, (_, i) => `{ users: [u${i}], when: *c, variant: v2 }`);
  const top =
    'attributes:\n  plan: { claim: plan }\ncohorts:\n  gold: { when: &c { attribute: plan, equals: gold } }\n';
  t.strictSame(codesOf(planText({ top, rules: ['{ cohort: gold, variant: v2 }', ...rules] })), []);
});
