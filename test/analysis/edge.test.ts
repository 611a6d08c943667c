/**
 * The real edge under load, a real Prometheus that scrapes it, and `tinct check`: two versions of a service whose
 * bugs the test knows. `pnpm bench analysis --runs 20` repeats the first of these.
 */
import t, { type Test } from 'tap';
import { type Checked, check } from './checking.ts';
import { withoutPrometheus } from './prometheus.ts';
import { type Stage, type StageOptions, setStage } from './stage.ts';

// Real programs under load, on a machine that may have much else to do.
t.setTimeout(900_000);

// They wait for scrapes more than they work.
t.jobs = 2;

const skip = withoutPrometheus();

async function stage(t: Test, options: StageOptions): Promise<Stage> {
  const made = await setStage(options);
  t.teardown(() => made.end());
  return made;
}

/** Where nobody is worse, more time does no harm. */
const waiting = (url: string): Promise<Checked> =>
  check(url, '--wait', '240s', '--every', '1s', '--minimum-units', '50');

t.test('equal versions pass', { skip, buffered: true }, async (t) => {
  for (const seed of [1, 2]) {
    const made = await stage(t, { v1: { errors: 0.05 }, v2: { errors: 0.05 }, seed });
    const { status, report } = await waiting(made.prometheus.url);
    t.equal(status, 0, report.reasons.join());
    await made.end();
  }
});

t.test('three times the errors fail', { skip, buffered: true }, async (t) => {
  const { prometheus } = await stage(t, { v1: { errors: 0.05 }, v2: { errors: 0.15 } });
  const { status, report } = await waiting(prometheus.url);
  t.equal(status, 1, report.reasons.join());
  t.equal(report.reasons[0], 'errors-worse');
});

t.test('a slow version fails, by latency', { skip, buffered: true }, async (t) => {
  const slow = { v1: { errors: 0.05, delayMs: 10 }, v2: { errors: 0.05, delayMs: 40 } };
  const { status, report } = await waiting((await stage(t, slow)).prometheus.url);
  t.equal(status, 1, report.reasons.join());
  t.equal(report.reasons[0], 'latency-worse');
});

t.test(
  'attack: staff on the new version with bad luck convict nobody',
  { skip, buffered: true },
  async (t) => {
    const unlucky = { v1: { errors: 0.05 }, v2: { errors: 0.05, staffErrors: 0.8 }, staff: 0.1 };
    const { status, report } = await waiting((await stage(t, unlucky)).prometheus.url);
    t.equal(status, 0, report.reasons.join());
  },
);
