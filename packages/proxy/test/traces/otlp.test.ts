/** Spans from end to end: client → edge → service, each in a process of its own, received by OTLP. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t, { type Test } from 'tap';
import { planText, until } from '../helpers.ts';
import { ended, scratch } from '../parts.ts';
import { type ReceivedSpan, startReceiver } from './receiver.ts';

t.setTimeout(120_000);
const [SERVER, CLIENT] = [2, 3];

/** A program of this folder; answers with its URL, and keeps what it logs. */
async function program(t: Test, name: string, env: Record<string, string>, ...args: string[]) {
  const child = spawn(process.execPath, [join(import.meta.dirname, name), ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => ended(child));
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
  const [port] = await once(createInterface({ input: child.stdout }), 'line');
  return { url: `http://127.0.0.1:${port}`, lines };
}

async function stage(t: Test) {
  const folder = scratch(t, 'traces');
  const receiver = await startReceiver(t);
  const service = await program(t, 'service.ts', { ...receiver.env, OTEL_SERVICE_NAME: 'shop' });
  writeFileSync(join(folder, 'plan.yaml'), planText());
  const config = `upstream: ${service.url}
plan: { file: plan.yaml }
listen: { port: 0 }
admin: { enabled: false }
trustedHops: [127.0.0.0/8]
log: { requests: true }
limits: { targetBytes: 4096, bodyBytes: 100 }
traces: { enabled: true, ratio: 0, variants: { my-service: { v2: 1 } } }
`;
  writeFileSync(join(folder, 'tinct.yaml'), config);
  const edge = await program(t, 'edge.ts', receiver.env, folder);
  return { ...edge, spans: receiver.spans };
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

const ask = async (url: string, headers: Record<string, string>) =>
  (await fetch(url, { headers })).text();

t.test(
  'from the client to the service it is one trace, and the canary has more of them',
  async (t) => {
    const { url, spans, lines } = await stage(t);

    await t.test('each span is the child of the one before', async (t) => {
      await ask(`${url}/cart?secret=1`, {
        'user-id': '123',
        traceparent: `00-${TRACE}-${PARENT}-01`,
      });
      await until(() => spans.length >= 3);
      t.equal(spans.length, 3);
      const of = (service: string, kind: number) =>
        spans.find((span) => span.service === service && span.kind === kind) as ReceivedSpan;
      const [outer, inner, served] = [of('tinct', SERVER), of('tinct', CLIENT), of('shop', SERVER)];
      t.strictSame([...new Set(spans.map(({ traceId }) => traceId))], [TRACE]);
      t.equal(outer.parentSpanId, PARENT);
      t.equal(inner.parentSpanId, outer.spanId);
      t.equal(served.parentSpanId, inner.spanId);
      for (const span of spans)
        t.equal(span.attributes['tinct.variant.my-service'], 'v2', span.service);
      t.match(outer, {
        name: 'GET',
        attributes: {
          'http.request.method': 'GET',
          'http.response.status_code': '200',
          'url.path': '/cart',
          'tinct.revision': '1',
        },
      });
      const told = [outer, inner].flatMap(({ attributes }) => Object.values(attributes));
      t.notOk(
        told.some((value) => value.includes('secret') || value === '123'),
        'no query, nobody’s id',
      );
      await until(() => lines.some((line) => line.includes('"request"')));
      const line = JSON.parse(lines.find((one) => one.includes('"request"')) ?? '');
      t.match(
        line,
        { 'trace.id': TRACE, 'span.id': inner.spanId },
        'the log is found by the trace',
      );
    });

    await t.test('new traces by their version; whoever was left out stays out', async (t) => {
      const before = spans.length;
      const other = TRACE.replace('4', '5');
      for (let i = 0; i < 10; i += 1) await ask(url, { 'user-id': '7' });
      await ask(url, { 'user-id': '123', traceparent: `00-${other}-${PARENT}-00` });
      for (let i = 0; i < 10; i += 1) await ask(url, { 'user-id': '123' });
      await until(() => spans.length >= before + 30);
      const fresh = spans.slice(before);
      t.equal(fresh.length, 30);
      for (const span of fresh) t.equal(span.attributes['tinct.variant.my-service'], 'v2');
      t.equal(new Set(fresh.map(({ traceId }) => traceId)).size, 10);
      t.notOk(
        fresh.some(({ traceId }) => traceId === other),
        'a parent that is not sampled is respected',
      );
    });

    await t.test('what the edge answers by itself has a span too', async (t) => {
      const before = spans.length;
      const ids = ['6', '7'].map((digit) => TRACE.replace('4', digit));
      const of = (i: number) => spans.slice(before).filter((span) => span.traceId === ids[i]);
      const traced = (i: number) => ({ traceparent: `00-${ids[i]}-${PARENT}-01` });
      const far = '/'.padEnd(5000, 'x');
      await ask(`${url}${far}?secret=1`, traced(0));
      await fetch(url, { method: 'POST', body: 'x'.repeat(200), headers: traced(1) });
      await until(() => of(0).length >= 1 && of(1).length >= 1);
      const [refused] = of(0);
      t.equal(of(0).length, 1, 'the service was not asked');
      t.match(refused, {
        ...{ kind: SERVER, name: 'GET', parentSpanId: PARENT, service: 'tinct' },
        attributes: {
          'http.response.status_code': '414',
          'error.type': 'TINCT_EDGE_TARGET_TOO_LONG',
        },
      });
      t.equal(refused?.attributes['url.path'], far.slice(0, 1024), 'attack: no more than that');
      t.match(of(1)[0]?.attributes, {
        'http.response.status_code': '413',
        'error.type': 'TINCT_EDGE_BODY_TOO_LARGE',
      });
      await until(() => lines.some((line) => line.includes(ids[0] ?? '')));
      const line = JSON.parse(lines.find((one) => one.includes(ids[0] ?? '')) ?? '');
      t.match(line, { 'trace.id': ids[0], 'span.id': refused?.spanId });
    });
  },
);
