/** The simulation runs and prints every row; whether its goals are reached takes more histories than a test has time for. */
import t from 'tap';
import { floorMinutes } from '../../bench/analysis/floors.ts';
import { shiftAbove } from '../../bench/analysis/mann-whitney.ts';
import type { Report } from '../../bench/analysis/report.ts';
import { run } from '../run.ts';
import { ROOT } from '../structure/source.ts';

const args = ['bench/main.ts', 'analysis', '--trials', '2', '--only', 'errors × 5', '--json'];
const report: Report = JSON.parse(run(process.execPath, args, ROOT));

t.test('everybody judges the same histories', async (t) => {
  const judges = [
    'tinct, tolerance 1.2',
    'tinct, tolerance 1.0',
    'Kayenta',
    'Flagger',
    'z-test, repeated',
  ];
  t.strictSame(
    report.rows.map(({ rho, judge }) => `${rho} ${judge}`),
    [0, 0.05, 0.1, 0.3].flatMap((rho) => judges.map((judge) => `${rho} ${judge}`)),
  );
  t.ok(report.rows.every(({ trials }) => trials === 2));
});

t.test('the same seed, the same figures', async (t) => {
  t.strictSame(JSON.parse(run(process.execPath, args, ROOT)), report);
});

t.test('the floors are those of the information', async (t) => {
  t.equal(floorMinutes(2, 1).toFixed(1), '16.6');
  t.equal(floorMinutes(2, 1.2).toFixed(1), '29.1');
});

t.test("Mann and Whitney's test sees a shift, and none where there is none", async (t) => {
  const low = Array.from({ length: 30 }, (_, i) => (i % 7) / 1000);
  t.equal(
    shiftAbove(
      low.map((x) => x + 0.01),
      low,
    ),
    true,
  );
  t.equal(shiftAbove(low, low), false);
});
