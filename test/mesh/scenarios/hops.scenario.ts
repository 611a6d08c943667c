/** The color beyond the first hop: edge → gateway → web → its sidecar → two services that move together. */

import type { IncomingMessage, RequestListener } from 'node:http';
import { request } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import t from 'tap';
import { type Answer, ask, type Seen } from '../harness/ask.ts';
import { until } from '../harness/child.ts';
import { forEach, startLoad } from '../harness/load.ts';
import { type Mesh, startMesh } from '../harness/mesh.ts';
import { say } from '../harness/say.ts';
import type { Serve } from '../harness/service.ts';
import { by, HOST, readPlan, versionOf, writePlan } from '../harness/shop.ts';
import { startEdge, tinctDoes } from '../harness/tinct.ts';

/** A sidecar without iptables binds the services' port. */
const PORT = 8000;
const USERS = Array.from({ length: 500 }, (_, i) => `${i + 1}`);

const PLAN = `apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: 1 }
identity:
  - { unit: user, header: user-id }
releases:
  opinions:
    stable: v1
    scope: { hosts: [${HOST}] }
    services:
      reviews:
        host: reviews.shop.svc.cluster.local
        subsets: { v1: { version: v1 }, v2: { version: v2 } }
      ratings:
        host: ratings.shop.svc.cluster.local
        subsets: { v1: { version: v1 }, v2: { version: v2 } }
    rules:
      - { users: ["123"], variant: v2 }
      - { percent: 20, variant: v2 }
`;

const SERVICES = ['reviews', 'ratings'];
const hostOf = (service: string): string => `${service}.shop.svc.cluster.local:${PORT}`;

/** To the application that copies headers, or below /sdk/ to the one that leaves that to the SDK. */
const WEB_ROUTE = (gateway: string) => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: web, namespace: shop }
spec:
  hosts: [${HOST}]
  gateways: [${gateway}]
  http:
    - match: [{ uri: { prefix: /sdk/ } }]
      rewrite: { uri: / }
      route: [{ destination: { host: web-sdk.shop.svc.cluster.local } }]
    - route: [{ destination: { host: web.shop.svc.cluster.local } }]
`;

/** What a web application may pass on: each by its path. */
const PASSES: Readonly<Record<string, (name: string) => boolean>> = {
  '/everything': (name) => name.startsWith('x-tinct-') || name === 'baggage',
  '/header': (name) => name.startsWith('x-tinct-'),
  '/baggage': (name) => name === 'baggage',
  '/nothing': () => false,
};
/** Of the application with the SDK: by `fetch`, and by `node:http`. */
const BY_SDK = ['/sdk/fetch', '/sdk/http'];

function call(outbound: string, service: string, headers: Record<string, string>): Promise<Seen> {
  const host = hostOf(service);
  return new Promise((resolve, reject) => {
    request(outbound, { headers: { ...headers, host } }, (res: IncomingMessage) => {
      json(res).then((seen) => resolve(seen as Seen), reject);
    })
      .on('error', reject)
      .end();
  });
}

/** Knows nothing of Tinct: copies headers from request to request. */
const web =
  (outbound: string): RequestListener =>
  async (req, res) => {
    const isPassed = PASSES[req.url ?? ''] ?? PASSES['/everything'] ?? (() => false);
    const headers = Object.fromEntries(
      Object.entries(req.headersDistinct)
        .filter(([name]) => isPassed(name))
        .map(([name, values]) => [name, values?.join(', ') ?? '']),
    );
    try {
      const pair = await Promise.all(SERVICES.map((each) => call(outbound, each, headers)));
      res.end(pair.map(({ version }) => version).join(' '));
    } catch (error) {
      res.writeHead(502).end(String(error));
    }
  };

/** A process of its own: what the SDK does to `fetch` and `node:http` is for that application alone. */
const webWithSdk =
  ({ children }: Mesh, outbound: string): Serve =>
  async (_version, host, port) => {
    const file = join(import.meta.dirname, 'hops/web.ts');
    const { hostname } = new URL(outbound);
    const urls = SERVICES.map((each) => `http://${hostOf(each)}`);
    const args = [file, host, `${port}`, hostname, ...urls];
    const child = children.start('web-sdk', process.execPath, args);
    await until('the application listens', () => child.said.includes('listens'), {
      alive: [child],
    });
    return () => child.stop();
  };

t.test('inner hops', async (t) => {
  const mesh = await startMesh(t);
  const plan = writePlan(mesh, PLAN);
  const [gateway] = await Promise.all([
    mesh.gateway(),
    mesh.service('reviews', ['v1', 'v2'], { port: PORT }),
    mesh.service('ratings', ['v1', 'v2'], { port: PORT }),
  ]);
  const sidecar = await mesh.sidecar('web', { port: PORT });
  await mesh.service('web', ['v1'], { answer: () => web(sidecar.outbound) });
  await mesh.service('web-sdk', ['v1'], { serve: webWithSdk(mesh, sidecar.outbound) });
  await mesh.apply(WEB_ROUTE(gateway.ref));
  await mesh.apply(await plan.routes('--for', 'mesh'));
  const edge = await startEdge(mesh, { upstream: gateway.url, plan: plan.file });
  const asked = (user: string, path: string) => ask(edge.url, { ...by(user), path });
  const pairOf = async (user: string, path: string) => (await asked(user, path)).text;
  for (const path of ['/everything', ...BY_SDK])
    await until(`the line stands: ${path}`, async () => (await pairOf('123', path)) === 'v2 v2');

  for (const path of ['/everything', '/header', '/baggage', ...BY_SDK]) {
    await t.test(
      `web, ${path.slice(1)}: each of ${USERS.length} users as the plan says`,
      async (t) => {
        const compiled = await readPlan(plan);
        const pairs = await forEach(USERS, 16, (user) => pairOf(user, path));
        const expected = USERS.map((user) => versionOf(compiled, user)).map(
          (each) => `${each} ${each}`,
        );
        t.strictSame(pairs, expected);
        t.equal(new Set(pairs).size, 2, 'both versions took part');
      },
    );
  }

  await t.test('web passes on nothing: everyone gets stable, together', async (t) => {
    t.equal(await pairOf('123', '/nothing'), 'v1 v1');
  });

  await t.test(
    'a percentage that moves and an abort, under load: never a mixed pair',
    async (t) => {
      const pairs = new Map<string, number>();
      const isMoved = (answer: Answer) => pairs.set(answer.text, (pairs.get(answer.text) ?? 0) + 1);
      const paths = ['/header', '/baggage', ...BY_SDK];
      const load = startLoad((i) => ({
        ...{ url: edge.url, path: paths[i % paths.length] as string, onAnswer: isMoved },
        ...by(USERS[i % USERS.length]),
      }));
      const more = async (count: number) => {
        const from = load.shots.length;
        await until('more answers', () => load.shots.length > from + count);
      };
      await more(300);
      for (const percent of ['50', '80', '30']) {
        await tinctDoes(plan.folder, 'plan', 'set', 'opinions', '--percent', percent);
        await more(300);
      }
      await tinctDoes(plan.folder, 'abort', 'opinions', '--admin', edge.admin);
      await more(300);
      const shots = await load.stop();
      t.strictSame(
        shots.filter(({ status }) => status !== 200),
        [],
      );
      t.strictSame([...pairs.keys()].sort(), ['v1 v1', 'v2 v2']);
      say(
        t,
        `${shots.length} requests: ${JSON.stringify(Object.fromEntries(pairs))}, 0 mixed, 0 failed`,
      );
      for (const path of ['/everything', ...BY_SDK])
        t.equal(await pairOf('123', path), 'v1 v1', `after the abort: ${path}`);
    },
  );
});
