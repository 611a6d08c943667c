/** New errors as the edge sees them: a bug that stable has not is told, what both have is not. */

import { setTimeout as wait } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { loadConfig, startProxy } from '../src/index.ts';
import { planText, upstream } from './helpers.ts';

const TOKEN = 'a-token-of-the-test';

/** v2 fails orders; both fail searches; neither has a page for the rest. */
const shop = (version: string) => (url: string) => {
  if (url.startsWith('/search')) return 503;
  if (url.startsWith('/orders') && version === 'v2') return 500;
  return url.startsWith('/cart') ? 200 : 404;
};

interface NewErrors {
  readonly stable: string;
  readonly requests: Record<string, number>;
  readonly errors: readonly { readonly type: string; readonly route: string }[];
  readonly newErrors: readonly Record<string, unknown>[];
}

async function started(t: Test, workers: number) {
  const answers = (version: string) => {
    const statusOf = shop(version);
    return upstream(t, (req, res) => void res.writeHead(statusOf(req.url ?? '')).end());
  };
  const [v1, v2] = await Promise.all([answers('v1'), answers('v2')]);
  const text = `upstream: ${v1}
direct: { my-service: { v1: "${v1}", v2: "${v2}" } }
listen: { port: 0 }
admin: { port: 0, token: ${TOKEN} }
plan: { file: plan.yaml }
trustedHops: [127.0.0.0/8]
workers: ${workers}
shutdown: { notReady: 0s, grace: 1s }
`;
  const loaded = loadConfig({ file: { name: 'proxy.yaml', text }, env: {}, flags: {} });
  const folder = t.testdir({ 'plan.yaml': planText() });
  const lines: string[] = [];
  const log = { write: (line: string) => void lines.push(line) };
  const proxy = await startProxy(loaded, { folders: { config: folder, cwd: folder }, log });
  t.teardown(() => proxy.stop());
  const ask = async (path: string, user: string) => {
    const headers = { 'user-id': user, traceparent: `00-${TRACE}-00f067aa0ba902b7-01` };
    return (await fetch(`${proxy.address.url}${path}`, { headers })).arrayBuffer();
  };
  const errors = async (release = 'my-service', token = TOKEN) => {
    const headers = { authorization: `Bearer ${token}` };
    return fetch(`${proxy.admin?.url}/errors/${release}`, { headers });
  };
  /** How many kinds the edge has called new, of a variant. */
  const counted = async (variant: string) => {
    const text = await (await fetch(`${proxy.admin?.url}/metrics`)).text();
    const line = `tinct_new_errors_total{release="my-service",variant="${variant}",reporter="edge"} `;
    return Number(text.split(line)[1]?.split('\n')[0]);
  };
  return { ask, errors, counted, news: () => lines.filter((line) => line.includes('"new-error"')) };
}

/** Until something holds; the test's own timeout ends it otherwise. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await wait(20);
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

for (const workers of [1, 2])
  t.test(`a scripted bug of v2 is new, what both have is not (workers: ${workers})`, async (t) => {
    const { ask, errors, counted, news } = await started(t, workers);
    t.equal(await counted('v2'), 0, 'it counts from 0');
    for (let i = 0; i < 20; i += 1) {
      await ask(`/orders/${i}?secret=1`, '7');
      await ask('/search', '7');
      await ask('/nothing', '123');
      await ask('/search', '123');
      await ask(`/orders/${i}?secret=1`, '123');
    }
    const report = async () => (await (await errors()).json()) as NewErrors;
    await until(async () => (await report()).requests['v2'] === 60);
    const { stable, requests, newErrors, errors: all } = await report();
    t.equal(stable, 'v1');
    t.strictSame(requests, { v1: 40, v2: 60 });
    t.strictSame(all.map(({ type, route }) => `${type} ${route}`).sort(), [
      'HTTP 500 GET /orders/:id',
      'HTTP 503 GET /search',
    ]);
    t.match(newErrors, [
      {
        variant: 'v2',
        verdict: 'new',
        count: 20,
        type: 'HTTP 500',
        route: 'GET /orders/:id',
        sample: 'Internal Server Error',
        traceId: TRACE,
      },
    ]);
    t.equal(newErrors.length, 1);
    await until(() => news().length > 0);
    const line = news()
      .map((each) => JSON.parse(each))
      .find((each) => each['error.type'] === 'HTTP 500');
    t.match(line, {
      'log.level': 'error',
      'event.action': 'new-error',
      'tinct.variants': ['my-service=v2'],
      'tinct.route': 'GET /orders/:id',
      'trace.id': TRACE,
    });
    t.notMatch(JSON.stringify([all, news()]), 'secret');
    // Each worker has a book of its own: what one has seen in stable another may call new.
    await until(async () => (await counted('v2')) === news().length);
    t.ok((await counted('v2')) >= 1);
    t.equal(await counted('v1'), 0);
  });

t.test(
  'attack: nobody reads them without the token; a release that is not there has none',
  async (t) => {
    const { errors } = await started(t, 1);
    t.equal((await errors('my-service', 'another-token-here')).status, 401);
    t.equal((await errors('other')).status, 404);
  },
);
