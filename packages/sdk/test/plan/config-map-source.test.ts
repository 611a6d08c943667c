/** A plan in a ConfigMap, against a server that speaks the part of the Kubernetes API that is used. */

import { writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { ConfigMapPlanSource, PlanStore } from '../../src/index.ts';

const plan = (revision: number) => `apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: ${revision} }
releases: {}
`;

interface Api {
  readonly url: string;
  readonly account: string;
  readonly asked: string[];
  readonly tokens: Set<string | undefined>;
  readonly watches: Set<ServerResponse>;
  data: Record<string, string> | undefined;
  /** There is no such object. */
  gone: boolean;
  status: number;
  /** Sends an event to every watch. */
  tell(event: object | string): void;
}

async function api(t: Test, text: string): Promise<Api> {
  const server = createServer((req, res) => {
    const { pathname, searchParams } = new URL(req.url ?? '', 'http://a');
    it.asked.push(`${pathname} ${searchParams.get('fieldSelector') ?? ''}`.trim());
    it.tokens.add(req.headers.authorization);
    if (it.status !== 200) return res.writeHead(it.status).end('{}');
    if (it.gone && !searchParams.has('watch')) return res.writeHead(404).end('{}');
    if (!searchParams.has('watch'))
      return res.end(JSON.stringify({ kind: 'ConfigMap', data: it.data }));
    it.watches.add(res);
    res.on('close', () => it.watches.delete(res));
    if (it.gone) res.flushHeaders();
    else res.write(`${JSON.stringify({ type: 'ADDED', object: { data: it.data } })}\n`);
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const it: Api = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    account: t.testdir({ token: 'first\n', 'ca.crt': '' }),
    asked: [],
    tokens: new Set(),
    watches: new Set(),
    data: { 'plan.yaml': text },
    gone: false,
    status: 200,
    tell(event) {
      const line = typeof event === 'string' ? event : `${JSON.stringify(event)}\n`;
      for (const watch of it.watches) watch.write(line);
    },
  };
  return it;
}

const sourceOf = ({ url: server, account }: Api, key?: string, retryMs = 2) =>
  new ConfigMapPlanSource({ server, account, namespace: 'edge', name: 'plan', key, retryMs });

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

const never = new AbortController().signal;
const CHANGED = { type: 'MODIFIED', object: {} };

t.test('a plan is read from its key, with the token of the account', async (t) => {
  const cluster = await api(t, plan(1));
  t.match(await sourceOf(cluster).read(never), {
    text: plan(1),
    file: 'configmap edge/plan plan.yaml',
  });
  cluster.data = { other: plan(7) };
  t.equal((await sourceOf(cluster, 'other').read(never)).text, plan(7));
  t.strictSame([...cluster.tokens], ['Bearer first']);
  t.equal(cluster.asked[0], '/api/v1/namespaces/edge/configmaps/plan');
  writeFileSync(join(cluster.account, 'token'), 'second');
  await sourceOf(cluster, 'other').read(never);
  t.ok(cluster.tokens.has('Bearer second'), 'a token that was renewed is read again');
});

t.test('what cannot be read says why', async (t) => {
  const cluster = await api(t, plan(1));
  const rejects = (why: RegExp) =>
    t.rejects(sourceOf(cluster).read(never), { code: 'TINCT_PLAN_UNREADABLE', message: why });
  cluster.data = { other: '' };
  await rejects(/it has no key `plan.yaml`/);
  cluster.data = undefined;
  await rejects(/it has no key `plan.yaml`/);
  cluster.status = 403;
  await rejects(/the API server answers 403/);
  cluster.status = 200;
  cluster.data = { 'plan.yaml': 'a'.repeat(5 * 1024 * 1024) };
  await rejects(/it is too large/);
  await t.rejects(sourceOf({ ...cluster, account: '/nowhere' }).read(never), { message: /ENOENT/ });
});

t.test('a change comes into force by the watch; a broken one is begun again', async (t) => {
  const cluster = await api(t, plan(1));
  const store = new PlanStore({ source: sourceOf(cluster), retryMs: 2 });
  t.teardown(() => store.close());
  await store.start();
  t.equal(store.current()?.revision, 1);
  const change = (revision: number) => {
    cluster.data = { 'plan.yaml': plan(revision) };
  };
  const watched = () => cluster.asked.filter((each) => each.includes('metadata.name')).length;
  await until(() => cluster.watches.size === 1);
  t.ok(cluster.asked.includes('/api/v1/namespaces/edge/configmaps metadata.name=plan'));
  change(2);
  cluster.tell(CHANGED);
  await until(() => store.current()?.revision === 2);
  // An event in two pieces.
  change(3);
  const line = `${JSON.stringify(CHANGED)}\n`;
  cluster.tell(line.slice(0, 9));
  cluster.tell(line.slice(9));
  await until(() => store.current()?.revision === 3);
  t.equal(watched(), 1, 'all that was one watch');
  // Changed while nobody watched: the new watch begins with an event.
  change(4);
  for (const watch of cluster.watches) watch.destroy();
  await until(() => store.current()?.revision === 4);
  await until(() => cluster.watches.size === 1 && watched() === 2);
  change(5);
  cluster.tell({ type: 'ERROR', object: { code: 410 } });
  await until(() => store.current()?.revision === 5 && watched() === 3);
  t.equal(watched(), 3, 'an expired watch is begun again');
  change(6);
  cluster.tell('no JSON\n');
  await until(() => store.current()?.revision === 6);
});

t.test('an API server that is away leaves the plan in force, and is asked again', async (t) => {
  const cluster = await api(t, plan(1));
  const store = new PlanStore({ source: sourceOf(cluster), retryMs: 2 });
  t.teardown(() => store.close());
  await store.start();
  await until(() => cluster.watches.size === 1);
  cluster.status = 503;
  for (const watch of cluster.watches) watch.destroy();
  await until(() => store.status().refused !== undefined);
  t.equal(store.current()?.revision, 1);
  cluster.data = { 'plan.yaml': plan(2) };
  cluster.status = 200;
  await until(() => store.current()?.revision === 2);
  t.equal(store.status().refused, undefined);
});

t.test('an object that goes while nobody watches is missed when the watch is back', async (t) => {
  const cluster = await api(t, plan(1));
  // The watch is begun again long after the store has read what there was.
  const store = new PlanStore({ source: sourceOf(cluster, undefined, 100), retryMs: 2 });
  t.teardown(() => store.close());
  await store.start();
  await until(() => cluster.watches.size === 1);
  cluster.status = 503;
  for (const watch of cluster.watches) watch.destroy();
  await until(() => store.status().refused !== undefined);
  cluster.data = { 'plan.yaml': plan(2) };
  cluster.status = 200;
  await until(() => store.current()?.revision === 2);
  cluster.gone = true;
  await until(() => store.status().refused !== undefined);
  t.match(store.status().refused?.findings[0]?.message, /the API server answers 404/);
  t.equal(store.current()?.revision, 2);
});

t.test('a closed store watches no more', async (t) => {
  const cluster = await api(t, plan(1));
  const store = new PlanStore({ source: sourceOf(cluster) });
  await store.start();
  await until(() => cluster.watches.size === 1);
  store.close();
  await until(() => cluster.watches.size === 0);
  t.pass();
});

t.test(
  'attack: the account’s token is in no message, and a name leads to no other object',
  async (t) => {
    const cluster = await api(t, plan(1));
    cluster.status = 401;
    const { url: server, account } = cluster;
    const odd = new ConfigMapPlanSource({
      server,
      account,
      namespace: '../..',
      name: 'a/../secrets?x=1',
    });
    const message = await odd.read(never).then(String, String);
    t.match(message, /answers 401/);
    t.notMatch(message, 'first');
    t.notMatch(cluster.asked.join(), '/secrets');
  },
);
