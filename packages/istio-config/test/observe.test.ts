/** The rules by Prometheus' own tool: each alert fires, stays silent and recovers. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePlan, SERIES } from '@tinct/core';
import t from 'tap';
import { parse, stringify } from 'yaml';
import { alerts, ISTIO_ALERTS, observeFiles, observeSettings, runbookName } from '../src/index.ts';
import { type AlertCase, CASES } from './observe-cases.ts';

const ROOT = join(import.meta.dirname, '../../..');
const { plan } = parsePlan(readFileSync(join(ROOT, 'examples/quickstart/plan.yaml'), 'utf8'));
const files = (options = {}) => (plan === undefined ? [] : observeFiles(plan, options));
const names = [...alerts(observeSettings({})).map(({ name }) => name), ...ISTIO_ALERTS];

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
}

const rulesOf = (text: string): Rule[] =>
  (parse(text) as { groups: { rules: Rule[] }[] }).groups.flatMap(({ rules }) => rules);

const RULES = ['tinct.rules.yaml', 'tinct-istio.rules.yaml'];
const ruleFiles = (options = {}) => files(options).filter(({ name }) => RULES.includes(name));

const isMissing = spawnSync('promtool', ['--version']).status !== 0;
const needsPromtool =
  isMissing && !process.env['TINCT_REQUIRE_PARTS'] ? { skip: 'promtool is not installed' } : {};

function promtool(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
}

t.test('the same plan gives the same bytes', async (t) => {
  t.strictSame(files(), files());
  t.not(files({ compress: 60 })[0]?.text, files()[0]?.text);
});

t.test('every alert has a summary, a description, a severity and a page to read', async (t) => {
  const all = ruleFiles()
    .flatMap(({ text }) => rulesOf(text))
    .filter(({ alert }) => alert);
  t.strictSame(new Set(all.map(({ alert }) => alert)), new Set(names));
  for (const { alert = '', labels, annotations } of all) {
    t.ok(annotations?.['summary'] && annotations['description'] && labels?.['severity'], alert);
    t.ok(existsSync(join(ROOT, annotations?.['runbook_url'] ?? '')), `${alert}: its runbook`);
  }
});

t.test('every runbook is of an alert, and says what it means and what to do', async (t) => {
  const folder = join(ROOT, 'docs/runbooks');
  const pages = readdirSync(folder).filter((name) => name !== 'README.md');
  t.strictSame(new Set(pages), new Set(names.map((name) => `${runbookName(name)}.md`)));
  for (const page of pages) {
    const text = readFileSync(join(folder, page), 'utf8');
    for (const heading of ['## What it means', '## First', '## What to do'])
      t.match(text, heading, `${page}: ${heading}`);
  }
});

t.test('rules ask for series that exist', async (t) => {
  const known = new Set(Object.values(SERIES).map(({ name }) => name));
  const text = ruleFiles()
    .map((file) => file.text)
    .join('');
  for (const [, name = ''] of text.matchAll(
    /(?<![:\w])(tinct_\w+?)(?:_bucket|_count)?(?=\{|\[|\)| |$)/gm,
  ))
    t.ok(known.has(name), name);
});

t.test('promtool finds nothing wrong', needsPromtool, async (t) => {
  for (const options of [{}, { compress: 60 }]) {
    const folder = t.testdir(
      Object.fromEntries(ruleFiles(options).map((file) => [file.name, file.text])),
    );
    const { status, said } = promtool('check', 'rules', ...RULES.map((name) => join(folder, name)));
    t.equal(status, 0, said);
  }
});

const TROUBLE_ENDS = 120;

const seriesOf = (series: AlertCase['bad']) =>
  Object.entries(series).map(([name, values]) => ({ series: name, values }));

function testsOf({ alert, bad, good, labels, firesAt, overAt = 160 }: AlertCase) {
  const selector = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  const firing = ['alertstate="firing"', `alertname="${alert}"`, ...selector].join(',');
  const ofAlert = (minutes: number, fires: boolean) => ({
    ...{ expr: `count(ALERTS{${firing}}) or vector(0)`, eval_time: `${minutes}m` },
    exp_samples: [{ labels: '{}', value: fires ? 1 : 0 }],
  });
  const recovers = firesAt < TROUBLE_ENDS ? [ofAlert(overAt, false)] : [];
  const test = (series: AlertCase['bad'], asked: object[]) => ({
    ...{ interval: '30s', input_series: seriesOf(series), promql_expr_test: asked },
  });
  return [
    test(bad, [ofAlert(firesAt, true), ...recovers]),
    test(good, [ofAlert(firesAt, false), ofAlert(TROUBLE_ENDS - 1, false)]),
  ];
}

/** One alert with the records that it reads: all of them, again and again, would take minutes. */
function only({ alert, labels }: AlertCase): object {
  const all = ruleFiles().flatMap(({ text }) => rulesOf(text));
  const wanted = all.filter(
    (rule) => rule.alert === alert && rule.labels?.['burn'] === labels['burn'],
  );
  const isRead = (record: string) => wanted.some(({ expr }) => expr.includes(record));
  let before = 0;
  while (wanted.length > before) {
    before = wanted.length;
    wanted.push(
      ...all.filter(
        (rule) => rule.record !== undefined && !wanted.includes(rule) && isRead(rule.record),
      ),
    );
  }
  const rules = all.filter((rule) => wanted.includes(rule));
  return { groups: [{ name: 'tinct', interval: '30s', rules }] };
}

t.test('there is a case for every alert', async (t) => {
  const cased = new Set(CASES.map(({ alert }) => alert));
  t.strictSame(new Set(names.filter((name) => name !== 'TinctWatchdog')), cased);
});

for (const [i, one] of CASES.entries()) {
  const name = `${one.alert} ${one.labels['burn'] ?? ''}`.trim();
  t.test(
    `${name} fires, stays silent where all is well, and recovers`,
    needsPromtool,
    async (t) => {
      const folder = t.testdir({ 'rules.yaml': stringify(only(one)) });
      const suite = { rule_files: ['rules.yaml'], evaluation_interval: '1m', tests: testsOf(one) };
      const file = join(folder, `${i}.test.yaml`);
      writeFileSync(file, stringify(suite));
      const { status, said } = promtool('test', 'rules', file);
      t.equal(status, 0, said);
    },
  );
}

t.test('the watchdog fires always', needsPromtool, async (t) => {
  const folder = t.testdir(Object.fromEntries(ruleFiles().map((file) => [file.name, file.text])));
  const asked = {
    eval_time: '1m',
    expr: 'count(ALERTS{alertname="TinctWatchdog"})',
    exp_samples: [{ labels: '{}', value: 1 }],
  };
  const tests = [{ interval: '30s', input_series: [], promql_expr_test: [asked] }];
  const file = join(folder, 'watchdog.test.yaml');
  writeFileSync(file, stringify({ rule_files: RULES, tests }));
  const { status, said } = promtool('test', 'rules', file);
  t.equal(status, 0, said);
});
