/** The benchmark runs and prints every row; how fast anything is, is no matter of a test. */
import t from 'tap';
import { printText } from '../../bench/decide/report.ts';
import type { Report } from '../../bench/decide/results.ts';
import { run } from '../run.ts';
import { ROOT } from '../structure/source.ts';

const WHO = ['tinct', 'unleash-client', 'flagd-core', 'growthbook'];
const SCENARIOS = [
  '5 %',
  'allowlist of 1000, then 5 %',
  '1 release',
  '10 releases, 1 applies',
  '1000 releases, 1 applies',
  'cohort of 1,000, then 5 %',
];

const tiny = ['--quick', '--rounds', '1', '--ms', '1', '--decisions', '1000'];
const args = ['bench/main.ts', 'decide', ...tiny, '--json', '--cohorts', '1000,1100000'];
const report: Report = JSON.parse(run(process.execPath, args, ROOT));

t.test('every contestant is measured in every scenario', async (t) => {
  const peers = SCENARIOS.flatMap((scenario) => WHO.map((who) => `${scenario}: ${who}`));
  t.strictSame(
    report.rows.map(({ scenario, contestant }) => `${scenario}: ${contestant}`),
    [...peers, 'cohort of 1,100,000, then 5 %: tinct'],
  );
  t.equal(report.notes.length, 1, 'where peers are missing, it is said');
});

t.test('memory, lists and goals are there', async (t) => {
  const own = report.memory.filter(({ contestant }) => contestant === 'tinct');
  t.strictSame(
    own.map(({ scenario }) => scenario),
    SCENARIOS,
  );
  t.strictSame(
    report.cohorts.map(({ size }) => size),
    [1_000, 1_100_000],
  );
  t.ok(report.cohorts.every(({ bytes, size }) => bytes >= 8 * size));
  t.ok(report.goals.length >= SCENARIOS.length + 3);
});

t.test('the text has a line for each row and each goal', async (t) => {
  const text = printText(report);
  for (const { scenario, contestant } of report.rows)
    t.match(text, new RegExp(`^${scenario} +${contestant} +[\\d,]+ `, 'm'));
  for (const { goal, met } of report.goals)
    t.ok(
      text.split('\n').some((line) => line.startsWith(goal) && line.endsWith(met ? 'yes' : 'NO')),
    );
});
