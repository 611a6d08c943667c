import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { compilePlan, GRACE_MS, parsePlan } from '@tinct/core';
import { createTinct, type Incoming, type Tinct, type TinctOptions } from '@tinct/sdk';
import {
  DURATION_BOUNDS,
  MAX_SERIES,
  metricsOf,
  record,
  SERVICE_METRICS,
} from '@tinct/sdk/metrics';
import { startTelemetry } from '@tinct/sdk/telemetry';
import t, { type Test } from 'tap';
import { COLORED } from '../outbound/helpers.ts';

function service(t: Test, options: Partial<TinctOptions> = {}) {
  const outbound = { fetch: false };
  const tinct = createTinct({ trust: 'mesh', version: 'v2', env: {}, outbound, ...options });
  t.teardown(() => tinct.close());
  const ask = async (rawHeaders: readonly string[], status = 200, calls: string[] = []) => {
    const peer = { remoteAddress: '127.0.0.1' };
    const incoming: Incoming = { rawHeaders, peer, method: 'GET', host: 'x', path: '/' };
    const entered = await tinct.enter(incoming);
    for (const host of calls) entered.run(() => tinct.outbound.headers(host, []));
    entered.finished?.({ status, durationMs: 42 });
  };
  return { tinct, ask };
}

async function textOf(url: string): Promise<string[]> {
  const text = await (await fetch(url)).text();
  return text.split('\n').filter((line) => line.startsWith('tinct_'));
}

t.test('ten bounds a decade, from 5 ms to 10 s', async (t) => {
  t.equal(DURATION_BOUNDS[0], 0.005);
  t.equal(DURATION_BOUNDS.at(-1), 10);
  for (const bound of [0.005, 0.01, 0.1, 1])
    t.equal(
      DURATION_BOUNDS.filter((one) => one >= bound && one < bound * 10).length,
      10,
      `${bound}`,
    );
});

t.test('one call: what Prometheus reads', async (t) => {
  const { tinct, ask } = service(t);
  const telemetry = startTelemetry(tinct, {
    ...{ serves: ['my-service'], port: 0, host: '127.0.0.1' },
    sdk: { autoDetectResources: false, logRecordProcessors: [] },
  });
  t.teardown(() => telemetry.stop());
  await ask(COLORED, 200, ['reviews', 'shop.example']);
  await ask(COLORED, 503);
  await ask([]);
  const address = await portOf(telemetry.exporter);
  const lines = await textOf(`http://127.0.0.1:${address}/metrics`);
  const has = (line: string) => t.ok(lines.includes(line), line);
  const version = 'release="my-service",variant="v2"';
  const arm = `${version},arm="canary",reach="service",reporter="service"`;
  has(`tinct_requests_total{${arm},class="2xx"} 1`);
  has(`tinct_requests_total{${arm},class="5xx"} 1`);
  has(`tinct_errors_total{${arm},cause="status"} 1`);
  has(`tinct_request_duration_seconds_count{${arm}} 2`);
  has(`tinct_request_duration_seconds_bucket{${arm},le="0.04"} 0`);
  has(`tinct_request_duration_seconds_bucket{${arm},le="0.05"} 2`);
  has('tinct_arrivals_total{release="my-service",color="carried"} 2');
  has('tinct_arrivals_total{release="my-service",color="missing"} 1');
  has('tinct_arrivals_total{release="my-service",color="decided"} 0');
  has(`tinct_served_total{${version},served="v2"} 2`);
  has(`tinct_outbound_requests_total{${version},colored="true"} 1`);
  has(`tinct_outbound_requests_total{${version},colored="false"} 1`);
});

/** The exporter keeps its server to itself. */
async function portOf(exporter: object): Promise<number> {
  const { _server: server } = exporter as unknown as {
    _server: import('node:http').Server;
  };
  while (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

t.test('only the releases that this service serves are measured', async (t) => {
  const { tinct, ask } = service(t);
  const metrics = metricsOf(tinct, { serves: ['basket'] });
  await ask(COLORED);
  const { resourceMetrics } = await metrics.collect();
  t.notMatch(JSON.stringify(resourceMetrics), /my-service/);
});

t.test('what is closed measures no more', async (t) => {
  const { tinct, ask } = service(t);
  const metrics = metricsOf(tinct, { serves: ['my-service'] });
  metrics.close();
  await ask(COLORED);
  t.notMatch(JSON.stringify(await metrics.collect()), /v2/);
});

const PLAN = `
apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: 12 }
releases:
  my-service:
    stable: v1
    services: { my-service: { host: my-service, subsets: { v1: { version: v1 }, v2: { version: v2 } } } }
    rules: [{ percent: 5, variant: v2 }]
`;

t.test('what took longer than the plan’s objective is slow', async (t) => {
  const slo = 'slo: { latency: { under: 40ms, ratio: 0.99 } }';
  const plan = PLAN.replace('stable: v1\n', `stable: v1\n    ${slo}\n`);
  const { tinct, ask } = service(t, { plan: { inline: plan } });
  await tinct.ready();
  const metrics = metricsOf(tinct, { serves: ['my-service'] });
  await ask(COLORED);
  const { resourceMetrics } = await metrics.collect();
  const found = resourceMetrics.scopeMetrics[0]?.metrics.find(
    ({ descriptor }) => descriptor.name === SERVICE_METRICS.slow.name,
  );
  const slow = found?.dataPoints.filter(({ value }) => value === 1) ?? [];
  t.equal(slow.length, 1);
  t.match(slow[0]?.attributes, { variant: 'v2', reporter: 'service' });
  t.ok((found?.dataPoints.length ?? 0) > 1, 'the others are there from 0 on');
});

t.test('what a plan names starts at 0', async (t) => {
  const { tinct } = service(t, { plan: { inline: PLAN } });
  await tinct.ready();
  const metrics = metricsOf(tinct, { serves: ['my-service'] });
  const { resourceMetrics } = await metrics.collect();
  const found = resourceMetrics.scopeMetrics[0]?.metrics.find(
    ({ descriptor }) => descriptor.name === SERVICE_METRICS.requests.name,
  );
  const labels = found?.dataPoints.map(
    ({ attributes: a }) => `${a['variant']} ${a['arm']} ${a['class']}`,
  );
  t.equal(labels?.length, 2 * 3 * 6);
  t.ok(labels?.includes('v1 control 5xx'));
  t.ok(labels?.includes('v2 canary abandoned'));
});

t.test('what left the plan leaves after a while, unless it still comes', async (t) => {
  const { tinct, ask } = service(t);
  const { plan } = parsePlan(PLAN);
  const current = plan && compilePlan(plan);
  let time = 1_700_000_000_000;
  const observed = {
    observe: (observer) => tinct.observe(observer),
    served: 'v2',
    plan: { current: () => current } as Tinct['plan'],
  } satisfies Pick<Tinct, 'observe' | 'served' | 'plan'>;
  const metrics = metricsOf(observed, { serves: ['my-service'], now: () => time });
  const variants = async () => {
    const { resourceMetrics } = await metrics.collect();
    const found = resourceMetrics.scopeMetrics[0]?.metrics.flatMap(({ dataPoints }) =>
      [...dataPoints].flatMap(({ attributes }) => attributes['variant'] ?? []),
    );
    return [...new Set(found)].sort();
  };
  const old = ['x-tinct-my-service', 'v0'];
  await ask(old);
  t.strictSame(await variants(), ['v0', 'v1', 'v2']);
  time += GRACE_MS - 1;
  t.strictSame(await variants(), ['v0', 'v1', 'v2'], 'not yet');
  await ask(old);
  time += 1;
  t.strictSame(await variants(), ['v0', 'v1', 'v2'], 'an edge still sends it');
  time += GRACE_MS;
  t.strictSame(await variants(), ['v1', 'v2'], 'v1 and v2 stay, though nobody came');
  await ask(old);
  t.strictSame(await variants(), ['v0', 'v1', 'v2'], 'it is counted anew');
});

t.test('attack: a trusted peer sends a thousand names of variants', async (t) => {
  const { tinct, ask } = service(t);
  const metrics = metricsOf(tinct, { serves: ['my-service'] });
  for (let i = 0; i < 1000; i += 1) await ask(['x-tinct-my-service', `v${i}`], 200 + (i % 5) * 100);
  const { resourceMetrics } = await metrics.collect();
  const points = resourceMetrics.scopeMetrics[0]?.metrics.flatMap(
    ({ dataPoints }) => [...dataPoints] as unknown[],
  );
  t.ok((points?.length ?? 0) < 400, `${points?.length} series`);
  t.ok(MAX_SERIES > 400);
  t.match(JSON.stringify(points), /_OTHER/);
});

class Reader extends MetricReader {
  override async onShutdown() {}
  override async onForceFlush() {}
}

t.test('the same through a meter', async (t) => {
  const { tinct, ask } = service(t);
  const reader = new Reader();
  const provider = new MeterProvider({ readers: [reader] });
  t.teardown(() => provider.shutdown());
  const stop = record(tinct, provider.getMeter('tinct'), { serves: ['my-service'] });
  await ask(COLORED);
  stop();
  await ask(COLORED);
  const { resourceMetrics } = await reader.collect();
  const all = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
  const duration = all.find(({ descriptor }) => descriptor.name === SERVICE_METRICS.duration.name);
  t.match(duration?.dataPoints, [
    { attributes: { variant: 'v2', arm: 'canary', reach: 'service' }, value: { count: 1 } },
  ]);
});
