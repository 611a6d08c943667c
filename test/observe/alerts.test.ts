/** Alerts from end to end: real load through the edge, a real Prometheus, a real Alertmanager, a webhook that hears. */
import { spawnSync } from 'node:child_process';
import t from 'tap';
import { type Notification, setStage, until } from './stage.ts';

const missing = ['prometheus', 'prometheus-alertmanager'].filter(
  (program) => spawnSync(program, ['--version']).status !== 0,
);
const mustRun = process.env['TINCT_REQUIRE_PARTS'] !== undefined;
const skip = missing.length > 0 && !mustRun ? `${missing.join(', ')} not installed` : false;

/** Five minutes are twenty seconds. */
const COMPRESS = 15;

t.test(
  'a failing and a slow canary are told, and when they end; a healthy one is not, and nobody at all is told as such',
  { timeout: 400_000, skip },
  async (t) => {
    const stage = await setStage(t, COMPRESS);
    const told = (alert: string, release: string) =>
      stage.notifications.find((one) => one.alert === alert && one.release === release);
    const about = (releases: readonly string[]): readonly Notification[] =>
      stage.notifications.filter(({ release }) => releases.includes(release));
    const busy = 'release_arm:tinct_requests:increase{arm=~"canary|control"} >= 110';
    await until(async () => (await stage.query(busy)).length >= 6);
    t.strictSame(about(['failing', 'slow', 'healthy']), [], 'silence while all is well');
    stage.trouble();
    const since = performance.now();
    const heard = async (alert: string, release: string) => {
      await until(() => told(alert, release) !== undefined);
      const seconds = ((performance.now() - since) / 1000).toFixed(1);
      t.comment(
        `${alert} ${release}: ${seconds} s after the trouble, at 1/${COMPRESS} of the windows`,
      );
      t.match(told(alert, release), { owner: 'team-shop', status: 'firing' });
    };
    await Promise.all([
      heard('TinctCanaryErrors', 'failing'),
      heard('TinctCanarySlow', 'slow'),
      heard('TinctNoCanaryTraffic', 'quiet'),
    ]);
    t.match(told('TinctCanaryErrors', 'failing')?.summary, /The canary of failing fails [\d.]+%/);
    t.strictSame(about(['healthy']), [], 'silence of the healthy one');
    t.notOk(told('TinctCanaryErrors', 'slow') ?? told('TinctCanarySlow', 'failing'));
    t.notOk(told('TinctCanaryErrors', 'quiet') ?? told('TinctCanarySlow', 'quiet'));
    stage.calm();
    const end = performance.now();
    await until(() =>
      about(['failing']).some(
        ({ alert, status }) => alert === 'TinctCanaryErrors' && status === 'resolved',
      ),
    );
    t.comment(
      `resolved ${((performance.now() - end) / 1000).toFixed(1)} s after the trouble ended`,
    );
    t.strictSame(about(['healthy']), [], 'silence of the healthy one');
    const [mismatch] = await stage.query('sum(tinct_assignments_total{served="mismatch"})');
    t.equal(mismatch?.value, 0);
  },
);
