/** A short turn of `pnpm soak`. */
import t, { type Test } from 'tap';
import { isInstalled } from '../../packages/proxy/test/parts.ts';
import { soak } from './soak.ts';

const found = isInstalled(t, 'haproxy');
const TITLE =
  'plans reload and processes restart behind a balancer: nothing fails, no version is wrong, and an abort holds';
const body = async (t: Test) => {
  const result = await soak(t, { reloads: 20, restarts: 4, clients: 8 });
  const { requests, seconds, reloads, statuses } = result;
  t.comment(
    `${requests} requests in ${seconds.toFixed(1)} s, ${reloads} reloads, ${statuses.length} restarts`,
  );
  t.strictSame(result.failed.slice(0, 10), []);
  t.strictSame(result.wrong.slice(0, 10), []);
  t.strictSame(statuses, [0, 0, 0, 0]);
  t.comment(`abort: ${JSON.stringify(result.abort)} ms`);
  t.equal(result.revisions, 21, 'somebody was served under each plan');
  t.ok(requests > 200, 'there was load');
};
if (found) t.test(TITLE, body);
else t.test(TITLE, { skip: 'HAProxy is not installed' }, body);
