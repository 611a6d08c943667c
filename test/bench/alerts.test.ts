/** The simulation of the alert runs, and its alert is the rule's. How often it is wrong takes more histories than a test has time for. */
import { NO_SLICES } from '@tinct/core';
import { alerts, CANARY_ERRORS, observeSettings } from '@tinct/istio-config';
import t from 'tap';
import { ALERT } from '../../bench/alerts/alert.ts';
import type { AlertReport } from '../../bench/alerts/main.ts';
import { run } from '../run.ts';
import { ROOT } from '../structure/source.ts';

const args = ['bench/main.ts', 'alerts', '--trials', '1', '--json'];

t.test(
  'every world is tried with every correlation, and the same seed gives the same figures',
  async (t) => {
    const report: AlertReport = JSON.parse(run(process.execPath, args, ROOT));
    t.equal(report.rows.length, 17 * 4);
    t.strictSame(JSON.parse(run(process.execPath, args, ROOT)), report);
  },
);

const { times, difference, leastErrors, leastRequests, windowSeconds, forSeconds } = CANARY_ERRORS;

t.test('the rule is written with the thresholds that are simulated', async (t) => {
  const rule = alerts(observeSettings({})).find(({ name }) => name === 'TinctCanaryErrors');
  for (const part of [
    `> ${times} *`,
    `> ${difference})`,
    `>= ${leastErrors}`,
    `>= ${leastRequests}`,
  ])
    t.match(rule?.expr, part);
  t.equal(rule?.forSeconds, forSeconds);
});

const arm = (requests: number, errors: number) => {
  return { requests, errors, refusals: 0, affected: 0, timed: 0, slower: [] };
};

/** What the alert says in each minute of a history. */
function said(minutes: readonly (readonly [errors: number, ofRequests: number])[]) {
  const judge = ALERT.begin();
  return minutes.map(([errors, requests], i) =>
    judge.look({
      at: (i + 1) * 60,
      strata: [{ canary: arm(requests, errors), control: arm(10_000, 0), share: 0.05 }],
      slices: NO_SLICES,
      units: { canary: 0, control: 0 },
      assigned: [],
      lives: 1,
    }),
  );
}

t.test(
  'it fires when it has held for the rule’s time, and neither before nor on too little',
  async (t) => {
    t.strictSame(
      said([
        [leastErrors, 200],
        [0, 200],
        [0, 200],
      ]),
      [undefined, 'fail', 'fail'],
    );
    t.strictSame(
      said([
        [leastErrors - 1, 200],
        [0, 200],
      ]),
      [undefined, undefined],
    );
    t.strictSame(
      said([
        [0, 50],
        [leastErrors, leastRequests - 51],
      ]),
      [undefined, undefined],
    );
    const window = windowSeconds / 60;
    const long = said([
      [leastErrors, 200],
      ...Array.from({ length: window + 1 }, () => [0, 200] as const),
    ]);
    t.equal(long.at(-1), undefined, 'what is older than the window is forgotten');
  },
);
