/** Each alert by Prometheus' own tool: it fires, stays silent where all is well, and recovers. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { stringify } from 'yaml';
import { type AlertCase, CASES } from './observe-cases.ts';
import { needsPromtool, promtool, RULES, ruleFiles, rulesOf } from './observe-tools.ts';

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

/** What takes hours is looked at less often. */
const stepOf = ({ firesAt, overAt = 160 }: AlertCase): string =>
  Math.max(firesAt, overAt) > 200 ? '5m' : '1m';

const ALL = ruleFiles().flatMap(({ text }) => rulesOf(text));

/** One alert with the records that it reads: all of them, again and again, would take minutes. */
function only({ alert, labels }: AlertCase): object {
  const wanted = ALL.filter(
    (rule) => rule.alert === alert && rule.labels?.['burn'] === labels['burn'],
  );
  const isRead = (record: string) => wanted.some(({ expr }) => expr.includes(record));
  let before = 0;
  while (wanted.length > before) {
    before = wanted.length;
    wanted.push(
      ...ALL.filter(
        (rule) => rule.record !== undefined && !wanted.includes(rule) && isRead(rule.record),
      ),
    );
  }
  const rules = ALL.filter((rule) => wanted.includes(rule));
  return { groups: [{ name: 'tinct', interval: '30s', rules }] };
}

for (const [i, one] of CASES.entries()) {
  const name = `${one.alert} ${one.by ?? one.labels['burn'] ?? ''}`.trim();
  t.test(
    `${name} fires, stays silent where all is well, and recovers`,
    needsPromtool,
    async (t) => {
      const folder = t.testdir({ 'rules.yaml': stringify(only(one)) });
      const suite = {
        rule_files: ['rules.yaml'],
        evaluation_interval: stepOf(one),
        tests: testsOf(one),
      };
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
