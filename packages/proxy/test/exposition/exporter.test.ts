/** The edge's own text against OpenTelemetry's exporter, on the same measurements. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { expositionText, type MetricFamily, SERIES } from '@tinct/core';
import { producerOf } from '@tinct/sdk/metrics';
import t, { type Test } from 'tap';
import { startAdmin } from '../../src/admin/server.ts';
import { edgeMetrics } from '../../src/exposition/families.ts';
import { Exposition } from '../../src/exposition/scrape.ts';
import { curl, planText, TextSource, twoVersions, until } from '../helpers.ts';

async function exported(t: Test, families: () => readonly MetricFamily[]): Promise<string> {
  const producer = producerOf(families, { scope: 'edge', now: Date.now });
  const exporter = new PrometheusExporter({
    ...{ host: '127.0.0.1', port: 0, metricProducers: [producer] },
    ...{ withoutScopeInfo: true, withoutTargetInfo: true },
  });
  const provider = new MeterProvider({ readers: [exporter] });
  t.teardown(() => provider.shutdown());
  const { _server: server } = exporter as unknown as { _server: import('node:http').Server };
  if (!server.listening) await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

t.test('the edge’s text is byte for byte what OpenTelemetry’s exporter writes', async (t) => {
  const plan = new TextSource(planText({ rules: '{ percent: 50, variant: v2 }' }));
  const edge = await twoVersions(t, { plan });
  for (let i = 0; i < 10; i += 1) await curl('-H', `user-id: ${i}`, edge.address.url);
  await until(() => edge.stats().requests === 10 && edge.stats().inFlight === 0);
  const source = { ...edge, isReady: () => true };
  const families = edgeMetrics(source);
  const { body } = await new Exposition(source).scrape();
  t.equal(await text(body), await exported(t, () => families));
});

t.test('labels and help are escaped as the exporter does', async (t) => {
  const labels = { release: 'a"b\\c\nd', plan: '', owner: 'ö', stable: 'v1', state: 'running' };
  const families = [{ metric: SERIES.releaseInfo, points: [{ labels, value: 1 }] }];
  t.equal(expositionText(families, 'prometheus'), await exported(t, () => families));
});

t.test('OpenMetrics has exemplars, suffixes and an end', async (t) => {
  const counts = SERIES.firstByte.bounds?.map(() => 0).concat(0) ?? [];
  counts[0] = 2;
  const exemplars = [{ traceId: 'abc', value: 0.004, time: 1_700_000_000_500 }];
  const labels = { release: 'r', variant: 'v2', arm: 'canary' };
  const text = expositionText(
    [
      { metric: SERIES.streams, points: [{ labels, value: 1 }] },
      {
        metric: SERIES.firstByte,
        points: [{ labels, histogram: { counts, sum: 0.008, exemplars } }],
      },
    ],
    'openmetrics',
  );
  t.match(text, '# TYPE tinct_streams counter\n');
  t.match(text, 'tinct_streams_total{release="r",variant="v2",arm="canary"} 1\n');
  t.match(text, '# UNIT tinct_upstream_first_byte_seconds seconds\n');
  t.match(text, 'le="0.0063"} 2 # {trace_id="abc"} 0.004 1700000000.500\n');
  t.match(text, 'le="10.0"} 2\n');
  t.ok(text.endsWith('# EOF\n'));
});

t.test('a collection that failed is no empty answer', async (t) => {
  const source = { measured: () => assert.fail('broken'), isReady: () => true } as never;
  const view = { metrics: new Exposition(source) } as never;
  const admin = await startAdmin({ host: '127.0.0.1', port: 0, hosts: [], token: undefined }, view);
  t.teardown(() => admin.close());
  t.equal((await fetch(`${admin.address.url}/metrics`)).status, 500);
});
