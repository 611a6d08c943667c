/** Plans that are written to do harm: to the parser, to the process, to whoever reads what is said about them. */
import t from 'tap';
import { formatFinding } from '../src/index.ts';
import { planText, planWith, releaseText } from './plan-text.ts';
import { codesOf, many, safely } from './safely.ts';

/** Texts that are slow, deep or endless for one parser or another. */
const ATTACKS: Readonly<Record<string, () => string>> = {
  'brackets without end': () => '['.repeat(100_000),
  'braces without end': () => '{a: '.repeat(50_000),
  'brackets that are closed': () => `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
  'dashes without end': () => '- '.repeat(100_000),
  'question marks without end': () => '? '.repeat(100_000),
  'quotes without end': () => '"'.repeat(100_000),
  'stairs of keys': () => many(1_400, (i) => `${' '.repeat(i)}a:`, '\n'),
  'ids that are numbers': () =>
    planText({ rules: [`{ users: [${many(50_000, () => '1')}], variant: v2 }`] }),
  'rules that are empty': () =>
    planText({ rules: [`{ split: [${many(80_000, () => '{}', ',')}] }`] }),
  'unknown keys': () => planText() + many(20_000, (i) => `k${i}: 1`, '\n'),
  'unknown cohorts': () =>
    planText({
      top: `cohorts: { ${many(1_000, (i) => `beta-${i}: { users: [a] }`)} }\n`,
      rules: Array.from({ length: 500 }, (_, i) => `{ cohort: bate-${i}, variant: v2 }`),
    }),
  'one key, very often': () => planText() + 'k: 1\n'.repeat(20_000),
  'very many attributes': () => `${planText()}attributes: {${many(20_000, (i) => `a${i}: {}`)}}`,
  'hosts that cover each other': () =>
    planWith(
      many(
        60,
        (i) =>
          releaseText(
            i,
            Array.from({ length: 160 }, (_, j) => `h${i}-${j}.example`),
          ),
        '',
      ),
    ),
  'a host that a regular expression backtracks on': () =>
    planText({ release: `    scope: { hosts: ["${'a-'.repeat(200_000)}!"] }\n` }),
  'aliases of aliases': () =>
    `${planText()}a: &a [x,x,x,x,x,x,x,x,x]\n${many(20, (i) => `${'b'.repeat(i + 1)}: &${'b'.repeat(i + 1)} [${many(9, () => `*${i === 0 ? 'a' : 'b'.repeat(i)}`)}]\n`, '')}`,
  'a chain of aliases that is too deep': () =>
    `${planText()}a0: &a0 [x]\n${many(3_000, (i) => `a${i + 1}: &a${i + 1} [[*a${i}]]\n`, '')}`,
  'very many aliases': () => `- &a x\n${'- *a\n'.repeat(50_000)}`,
  'very many anchors': () => many(40_000, (i) => `- &a${i} x\n`, ''),
  'expressions that grow': () =>
    planText({
      top: 'attributes:\n  path: { header: x-path }\n',
      rules: Array.from(
        { length: 300 },
        (_, i) =>
          `{ when: { attribute: path, matches: "((a{0,30}){30}b){${i % 2}}" }, variant: v2 }`,
      ),
    }),
};

for (const [name, attack] of Object.entries(ATTACKS))
  t.test(`attack: ${name}`, async (t) => {
    const start = process.cpuUsage();
    t.ok(safely(attack()));
    const { user, system } = process.cpuUsage(start);
    // Several times what the slowest of them takes; what took quadratic time took a minute.
    t.ok((user + system) / 1e6 < 8, `${((user + system) / 1e6).toFixed(1)} s`);
  });

t.test('attack: keys of every object name nothing, and nothing is written into them', async (t) => {
  const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];
  for (const name of names) {
    safely(planText({ top: `${name}: { polluted: 1 }\n` }));
    safely(planText({ top: `cohorts: { ${name}: { users: [1], polluted: 1 } }\n` }));
    safely(planText({ top: `attributes: { ${name}: { polluted: 1 } }\n` }));
    safely(planText({ rules: [`{ ${name}: { polluted: 1 }, percent: 500, variant: ${name} }`] }));
    safely(planText({ variants: ['v2', name] }));
    safely(planText().replace('my-service:\n    stable', `${name}:\n    polluted: 1\n    stable`));
  }
  const inMetadata = planText().replace('revision: 1', 'revision: 1, __proto__: { owner: me }');
  t.strictSame(codesOf(inMetadata), ['TINCT_PLAN_NAME_MALFORMED'], 'said once');
  t.equal(({} as Record<string, unknown>)['polluted'], undefined);
  t.strictSame(Object.keys(Object.prototype), []);
});

t.test('attack: what stands in a plan cannot speak to the terminal', async (t) => {
  const text = planText({
    rules: ['{ "\\e[2J\\u009b\\r\\u2028\\u202e": 1, percent: 5, variant: v2 }'],
  });
  const [line = ''] = safely(text).findings.map(formatFinding);
  t.match(line, /\\u\{1b\}\[2J\\u\{9b\}\\u\{d\}\\u\{2028\}\\u\{202e\}/);
  t.notMatch(line, /[\p{Cc}\p{Cf}\p{Zl}]/u);
});
