/** Durations point to traces: as a real Prometheus reads them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import t from 'tap';
import { Exposition } from '../../src/exposition/scrape.ts';
import { loadConfig, startProxy } from '../../src/index.ts';
import { curl, echo, planText, twoVersions, until } from '../helpers.ts';
import { freePort, isInstalled, scratch, started } from '../parts.ts';

const traceId = (i: number): string => `${i}`.padStart(32, 'c');
const traceparent = (i: number, flags: string): string =>
  `traceparent: 00-${traceId(i)}-00f067aa0ba902b7-${flags}`;

const OPEN = 'application/openmetrics-text;version=1.0.0';

t.test(
  'examples are kept once somebody reads OpenMetrics, of sampled traces, one a bucket',
  async (t) => {
    const edge = await twoVersions(t);
    const exposition = new Exposition({ ...edge, isReady: () => true });
    const traces = async () =>
      new Set((await text((await exposition.scrape(OPEN)).body)).match(/(?<=trace_id=")\w+/g));
    let asked = 0;
    const ask = async (...args: string[]) => {
      await curl(...args, edge.address.url);
      asked += 1;
      await until(() => edge.stats().requests === asked);
    };
    await ask('-H', traceparent(1, '01'));
    t.strictSame(await traces(), new Set(), 'nobody wanted to know');
    await ask('-H', traceparent(2, '00'));
    await ask();
    t.strictSame(await traces(), new Set(), 'not sampled; none at all');
    for (let i = 100; i < 150; i += 1) await ask('-H', traceparent(i, '01'));
    const found = await traces();
    t.ok(found.has(traceId(149)), 'the last one');
    t.ok(found.size <= 34, `attack: trace ids make nothing grow: ${found.size}`);
    const usual = await text((await exposition.scrape()).body);
    t.notMatch(usual, 'trace_id');
  },
);

interface Found {
  readonly data: readonly {
    readonly seriesLabels: Record<string, string>;
    readonly exemplars: readonly { readonly labels: Record<string, string> }[];
  }[];
}

t.test('Prometheus leads from a duration to its trace', { timeout: 200_000 }, async (t) => {
  if (!isInstalled(t, 'prometheus', '--version')) return;
  const folder = scratch(t, 'examples');
  writeFileSync(join(folder, 'plan.yaml'), planText());
  const url = await echo(t, 'v1');
  const config = [
    `upstream: ${url}`,
    `direct: { my-service: { v1: "${url}", v2: "${url}" } }`,
    'plan: { file: plan.yaml }',
    'listen: { port: 0 }',
    'workers: 2',
    'admin: { port: 0 }',
    'shutdown: { notReady: 0s, grace: 1s }',
  ];
  const file = { text: config.join('\n'), name: 'tinct.yaml' };
  const proxy = await startProxy(loadConfig({ file, env: {}, flags: {} }), {
    folders: { config: folder, cwd: folder },
    log: { write() {} },
  });
  t.teardown(() => proxy.stop());
  const port = await freePort();
  const target = new URL(proxy.admin?.url ?? '').host;
  const scrapes = [{ job_name: 'tinct', static_configs: [{ targets: [target] }] }];
  writeFileSync(
    join(folder, 'prometheus.yml'),
    JSON.stringify({ global: { scrape_interval: '1s' }, scrape_configs: scrapes }),
  );
  started(t, 'prometheus', [
    '--enable-feature=exemplar-storage',
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=error',
  ]);
  const query = new URLSearchParams({
    query: 'tinct_request_duration_seconds_bucket',
    ...{ start: `${Date.now() / 1000 - 3600}`, end: `${Date.now() / 1000 + 3600}` },
  });
  const found = async (): Promise<Found['data']> => {
    const at = `http://127.0.0.1:${port}/api/v1/query_exemplars?${query}`;
    const answer = await fetch(at).catch(() => undefined);
    return answer?.ok === true ? ((await answer.json()) as Found).data : [];
  };
  let all: Found['data'] = [];
  for (let i = 1; all.length === 0; i += 1) {
    await curl('-H', traceparent(i, '01'), proxy.address.url);
    all = await found();
    await setTimeout(100);
  }
  const [first] = all;
  t.match(first?.seriesLabels, { release: 'my-service', variant: 'v1', reach: 'service' });
  t.match(first?.exemplars[0]?.labels['trace_id'], /^c+\d+$/);
});
