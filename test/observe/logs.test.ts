/** Logs from end to end: an edge, two versions of a service, a real shipper, a real OpenSearch, and the searches as generated. */
import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parsePlan } from '@tinct/core';
import { observeFiles } from '@tinct/istio-config';
import { loadConfig, startProxy } from '@tinct/proxy';
import { createTinct, ecsFormat, logFields } from '@tinct/sdk';
import { tinct as around } from '@tinct/sdk/http';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import { scratch } from '../../packages/proxy/test/parts.ts';
import { MAVEN_MAY_TAKE_MS } from '../../packages/sdk/test/maven.ts';
import { find, prepareLogStore, startOpenSearch, startShipper } from './log-store.ts';
import { until } from './stage.ts';

t.setTimeout(MAVEN_MAY_TAKE_MS + 300_000);
const missing = prepareLogStore();
if (missing !== undefined && process.env['TINCT_REQUIRE_PARTS'] === '1') t.fail(missing);

const REVISION = 7;
const PLAN = `apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: ${REVISION} }
identity: [{ unit: user, header: user-id }]
releases:
  my-service:
    stable: v1
    services: { my-service: { host: my-service, subsets: { v1: { version: v1 }, v2: { version: v2 } } } }
    rules: [{ percent: 50, variant: v2 }]
`;

/** Traces of the requests that each version failed. */
type Failed = Record<'v1' | 'v2', string[]>;

/** A request in `every` fails. */
async function service(t: Test, version: 'v1' | 'v2', every: number, file: string, failed: Failed) {
  const tinct = createTinct({ trust: 'mesh', version, env: {} });
  t.teardown(() => tinct.close());
  let trace: string | undefined;
  const span = () => trace?.split('-');
  const log = pino(
    {
      ...ecsFormat({ service: 'my-service' }),
      mixin: logFields(tinct, {
        span: () => {
          const [, traceId = '', spanId = ''] = span() ?? [];
          return { traceId, spanId };
        },
      }),
    },
    { write: (line: string) => appendFileSync(file, line) },
  );
  let count = 0;
  const server = createServer(
    around(tinct, (req, res) => {
      trace = `${req.headers['traceparent']}`;
      count += 1;
      const fails = count % every === 0;
      if (fails) {
        failed[version].push(span()?.[1] ?? '');
        log.error(new TypeError(`no price for item ${count}`), 'the cart has no price');
      } else log.info('served');
      res.writeHead(fails ? 500 : 200).end();
    }),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function edge(t: Test, folder: string, [v1, v2]: readonly [string, string]) {
  writeFileSync(join(folder, 'plan.yaml'), PLAN);
  const text = `upstream: ${v1}
direct: { my-service: { v1: "${v1}", v2: "${v2}" } }
trustedHops: [127.0.0.0/8]
plan: { file: plan.yaml }
listen: { port: 0 }
admin: { enabled: false }
log: { requests: true }
shutdown: { notReady: 0s, grace: 1s }
`;
  const loaded = loadConfig({ file: { text, name: 'tinct.yaml' }, env: {}, flags: {} });
  const log = { write: (line: string) => appendFileSync(join(folder, 'edge.log'), line) };
  const proxy = await startProxy(loaded, { folders: { config: folder, cwd: folder }, log });
  t.teardown(() => proxy.stop());
  return proxy.address.url;
}

const REQUESTS = 800;
const traceOf = (request: number): string => (request + 1).toString(16).padStart(32, '0');

async function load(url: string): Promise<void> {
  for (let i = 0; i < REQUESTS; i += 1) {
    const traceparent = `00-${traceOf(i)}-00f067aa0ba902b7-01`;
    const answer = await fetch(url, { headers: { 'user-id': `user-${i}`, traceparent } });
    await answer.arrayBuffer();
  }
}

const linesIn = (file: string): number => readFileSync(file, 'utf8').split('\n').length - 1;
const sorted = (values: readonly unknown[]): unknown[] => [...values].sort();

t.test(
  'the searches as generated find the errors of the canary, of no other version, with revision and trace',
  { skip: missing ?? false },
  async (t) => {
    const folder = scratch(t, 'logs');
    const { plan } = parsePlan(PLAN);
    const files = new Map(
      (plan === undefined ? [] : observeFiles(plan)).map(({ name, text }) => [name, text]),
    );
    for (const [name, text] of files) writeFileSync(join(folder, name), text);
    const failed: Failed = { v1: [], v2: [] };
    const own = join(folder, 'my-service.log');
    // What is no line of ours must neither stop the shipper nor be found.
    appendFileSync(own, 'Listening on port 3000\n{"msg":"of another logger"}\n');
    const urls = await Promise.all([
      service(t, 'v1', 100, own, failed),
      service(t, 'v2', 20, own, failed),
    ]);
    const url = await edge(t, folder, urls);
    const store = await startOpenSearch(t, folder);
    const ask = (path: string, body: object) => find(`${store}/logs-tinct-default/${path}`, body);
    await until(async () => {
      const put = await fetch(`${store}/_index_template/tinct-logs`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: files.get('logs-template.json') ?? '',
      }).catch(() => undefined);
      return put?.ok === true;
    });
    startShipper(t, folder, join(folder, '*.log'), store);
    await load(url);
    t.ok(failed.v1.length > 0 && failed.v2.length > 10, `failed: ${JSON.stringify(failed)}`);
    await until(() => linesIn(own) === REQUESTS + 2);
    const isOf = (name: string) => ({ query: { term: { 'service.name': name } }, size: 0 });
    await until(
      async () =>
        (await ask('_search?track_total_hits=true', isOf('my-service'))).total === REQUESTS,
    );
    await until(
      async () => (await ask('_search?track_total_hits=true', isOf('tinct'))).total > REQUESTS,
    );

    const queries = JSON.parse(files.get('logs-queries.json') ?? '') as Record<string, object>;
    for (const [name, from] of [
      ['failed-requests-my-service-v2', 'tinct'],
      ['errors-my-service-v2', 'my-service'],
    ] as const) {
      const { total, lines } = await ask('_search', { ...queries[name], size: 1000 });
      t.equal(total, failed.v2.length, `${name}: as many as v2 failed`);
      t.strictSame(sorted(lines.map((line) => line['trace.id'])), sorted(failed.v2), name);
      for (const line of lines)
        t.match(line, {
          'service.name': from,
          'tinct.variants': ['my-service=v2'],
          'tinct.revision': REVISION,
        });
      if (from === 'my-service')
        t.match(lines[0], { 'service.version': 'v2', error: { type: 'TypeError' } });
    }

    for (const line of (files.get('logs-searches.ndjson') ?? '').trim().split('\n')) {
      const { id, attributes } = JSON.parse(line);
      if (!`${id}`.startsWith('tinct-failed')) continue;
      const { query } = JSON.parse(attributes.kibanaSavedObjectMeta.searchSourceJSON).query;
      const saved = await ask('_search', { query: { query_string: { query } } });
      t.equal(saved.total, failed.v2.length, `the saved search ${id}`);
    }
    const strangers = await ask('_search', { query: { match: { message: 'Listening' } } });
    t.equal(strangers.total, 0, 'what is no line of ours is not there');
  },
);

interface Bulk {
  readonly create: { readonly _index: string; readonly _id: string };
}

t.test(
  'a line that the store could not take is sent again, under the same id',
  { skip: missing ?? false },
  async (t) => {
    const folder = scratch(t, 'shipper');
    const { plan } = parsePlan(PLAN);
    for (const { name, text } of plan === undefined ? [] : observeFiles(plan))
      writeFileSync(join(folder, name), text);
    const sent: string[][] = [];
    const store = createServer(async (req, res) => {
      let text = '';
      for await (const chunk of req.setEncoding('utf8')) text += chunk;
      res.setHeader('content-type', 'application/json');
      if (req.url?.includes('_bulk') !== true) return void res.end('{}');
      const rows = text.trim().split('\n');
      const all = rows.filter((_, i) => i % 2 === 0).map((row) => (JSON.parse(row) as Bulk).create);
      const errors = sent.length === 0;
      sent.push(all.map(({ _id }) => _id));
      const why = { type: 'unavailable_shards_exception', reason: 'not yet' };
      const answer = errors ? { status: 503, error: why } : { status: 201, result: 'created' };
      res.end(
        JSON.stringify({ errors, items: all.map((one) => ({ create: { ...one, ...answer } })) }),
      );
    }).listen(0, '127.0.0.1');
    await once(store, 'listening');
    t.teardown(() => {
      store.close();
      store.closeAllConnections();
    });
    const line = { ...ecsFormat({ service: 'my-service' }).base, message: 'served' };
    writeFileSync(join(folder, 'my-service.log'), `${JSON.stringify(line)}\n`);
    const { port } = store.address() as AddressInfo;
    startShipper(t, folder, join(folder, '*.log'), `http://127.0.0.1:${port}`);
    await until(() => sent.length >= 2);
    t.equal(sent[0]?.length, 1);
    t.strictSame(sent[1], sent[0]);
  },
);
