/** The plan's own metrics, from a shop that counts its orders: a real Prometheus scrapes it beside the edge. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { Chance } from '../../bench/analysis/chance.ts';
import { Analyser } from './analyser.ts';
import { check } from './checking.ts';
import { SimulatedEdge } from './edges.ts';
import { Prometheus, withoutPrometheus } from './prometheus.ts';

t.setTimeout(900_000);

// They wait for scrapes more than they work.
t.jobs = 2;

const skip = withoutPrometheus();

const PLAN = `apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: 1 }
identity: [{ unit: user, header: user-id }]
releases:
  my-service:
    stable: v1
    services: { my-service: { host: my-service, subsets: { v1: { version: v1 }, v2: { version: v2 } } } }
    rules:
      - { percent: 10, variant: v2 }
    analysis:
      metrics:
        orders:
          unit: orders
          worse: fewer
          perUnit: 1
          canary: { events: 'orders_total{version="v2"}', total: 'visits_total{version="v2"}' }
          control: { events: 'orders_total{version="v1"}', total: 'visits_total{version="v1"}' }
`;

/** A shop of two versions; each scrape is another minute. A tenth of visits end in an order, of v2's so many times that. */
async function shop(t: Test, ratio: number, seed: number): Promise<string> {
  const chance = new Chance(seed, 1);
  const counts = { v1: { visits: 0, orders: 0 }, v2: { visits: 0, orders: 0 } };
  const visit = (version: 'v1' | 'v2', share: number) => {
    counts[version].visits += 1;
    if (chance.uniform() < share) counts[version].orders += 1;
  };
  const server = createServer((_, response) => {
    for (let i = 0; i < 9000; i += 1) visit('v1', 0.1);
    for (let i = 0; i < 1000; i += 1) visit('v2', 0.1 * ratio);
    const lines = (['v1', 'v2'] as const).flatMap((version) => [
      `visits_total{version="${version}"} ${counts[version].visits}`,
      `orders_total{version="${version}"} ${counts[version].orders}`,
    ]);
    response.setHeader('content-type', 'text/plain; version=0.0.4').end(`${lines.join('\n')}\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The options of both commands, at a Prometheus that scrapes an edge and the shop. */
async function stage(t: Test, ratio: number, seed: number) {
  const traffic = { requests: 24_000, share: 0.1, errors: 0.005, ratio: 1, slower: 1 };
  const edge = new SimulatedEdge(traffic, seed, Date.now() / 1000);
  t.teardown(() => edge.close());
  const prometheus = await Prometheus.start([await edge.listen(), await shop(t, ratio, seed)]);
  t.teardown(() => prometheus.stop());
  const plan = `${t.testdir({ 'plan.yaml': PLAN })}/plan.yaml`;
  return { url: prometheus.url, more: ['--plan', plan] };
}

const WAIT = ['--wait', '90s', '--every', '1s'];

t.test('as many orders: pass', { skip, buffered: true }, async (t) => {
  const { url, more } = await stage(t, 1, 61);
  const { status, report } = await check(url, ...more, ...WAIT);
  t.equal(status, 0, report.reasons.join());
});

t.test(
  'a version that sells less than half as much fails, though nothing breaks; an analyser says the same',
  { skip, buffered: true },
  async (t) => {
    const { url, more } = await stage(t, 0.4, 71);
    const { status, report } = await check(url, ...more, ...WAIT);
    t.equal(status, 1, report.reasons.join());
    t.equal(report.reasons[0], 'custom-worse');
    const analyser = await Analyser.start(t, url, ...more);
    const { reasons } = await analyser.report(({ verdict }) => verdict === 'fail');
    t.equal(reasons[0], 'custom-worse');
    t.match(await analyser.metrics(), /tinct_analysis_convicted\{.*metric="custom"\} 1\n/);
  },
);
