import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FilePlanSource } from '@tinct/sdk';
import t from 'tap';
import { type EdgeOptions, startEdge } from '../src/index.ts';
import {
  curl,
  echo,
  edgeFor,
  planText,
  raw,
  seen,
  TextSource,
  twoVersions,
  until,
  upstream,
} from './helpers.ts';

const CRLF = '\r\n';
const plan = new TextSource(planText());
const somewhere = 'http://127.0.0.1:1';

const malformed: readonly (readonly [option: string, options: Partial<EdgeOptions>])[] = [
  ['upstream', { upstream: 'localhost:8080' }],
  ['upstream', { upstream: 'ftp://a.example' }],
  ['upstream', { upstream: 'http://a.example/base' }],
  ['upstream', { upstream: '' }],
  ['direct.my-service.v2', { direct: { 'my-service': { v2: 'v2' } } }],
  ['port', { port: 65_536 }],
  ['port', { port: Number.NaN }],
  ['trustedHops', { trustedHops: ['10.0.0.0/33'] }],
  ['trustedHops', { trustedHops: ['everyone'] }],
  ['timeouts.bodyMs', { timeouts: { bodyMs: -1 } }],
  ['graceMs', { graceMs: Number.POSITIVE_INFINITY }],
];
for (const [option, options] of malformed)
  t.test(`${option} ${JSON.stringify(options)} is refused with its name`, async (t) => {
    await t.rejects(startEdge({ plan, upstream: somewhere, ...options }), {
      code: 'TINCT_EDGE_OPTION_MALFORMED',
      message: new RegExp(`^${option}: `),
    });
  });

t.test('a port that is taken is said to be', async (t) => {
  const { address } = await edgeFor(t, { upstream: somewhere });
  const taken = startEdge({ plan, upstream: somewhere, port: address.port });
  await t.rejects(taken, { code: 'TINCT_EDGE_ADDRESS', message: /EADDRINUSE/ });
});

t.test('0 is any port and no timeout', async (t) => {
  const timeouts = { connectMs: 0, headersMs: 0, bodyMs: 0 };
  const edge = await twoVersions(t, { port: 0, timeouts });
  t.not(edge.address.port, 0);
  t.equal((await seen(edge, '-H', 'user-id: 123')).version, 'v2');
});

t.test(
  'a plan with a source that this edge cannot read starts, and warns of it once',
  async (t) => {
    const jwt =
      '{ unit: user, jwt: { header: authorization, claim: sub, issuer: x, jwks: "http://127.0.0.1:9" } }';
    const identity = `${jwt}, { unit: user, header: user-id }, { unit: anonymous, issued: {} }`;
    const more = 'attributes: { email: { claim: email } }\n';
    const accepted: string[][] = [];
    const edge = await twoVersions(t, {
      plan: new TextSource(planText({ identity, more })),
      onAccepted: ({ findings }) => accepted.push(findings.map(({ code }) => code)),
    });
    t.same(accepted, [['TINCT_SOURCE_UNSUPPORTED']]);
    t.equal((await seen(edge, '-H', 'user-id: 123')).version, 'v2');
  },
);

t.test('a plan with a variant that has no URL here is refused', async (t) => {
  const url = await echo(t);
  const refused: string[] = [];
  await edgeFor(t, {
    upstream: url,
    direct: { 'my-service': { v1: url } },
    onRefused: (findings) => refused.push(...findings.map(({ message }) => message)),
  });
  t.match(refused, [/`v2` of `my-service` has no URL/]);
});

t.test(
  'without a good plan the edge starts, says why, and everyone gets the default upstream',
  async (t) => {
    const refused: string[] = [];
    const source = new TextSource('{');
    const edge = await twoVersions(t, {
      plan: source,
      onRefused: (findings) => refused.push(...findings.map(({ code }) => code)),
    });
    t.same(refused, ['TINCT_PLAN_SYNTAX']);
    t.equal((await seen(edge, '-H', 'user-id: 123')).version, 'v1');
    source.text = planText();
    await edge.plan.load();
    t.equal((await seen(edge, '-H', 'user-id: 123')).version, 'v2');
  },
);

t.test('a bad plan keeps the last good one deciding', async (t) => {
  const source = new TextSource(planText());
  const edge = await twoVersions(t, { plan: source });
  source.text = planText({ revision: 2, rules: '{ percent: 101, variant: v2 }' });
  const { refused, inForce } = await edge.plan.load();
  t.match(refused?.findings, [{ code: 'TINCT_PLAN_PERCENT_RANGE', file: 'plan.yaml' }]);
  t.equal(inForce?.compiled.revision, 1);
  t.equal((await seen(edge, '-H', 'user-id: 123')).version, 'v2');
});

t.test('a plan file that is replaced is in force at a request within moments', async (t) => {
  const file = join(t.testdir({ 'plan.yaml': planText() }), 'plan.yaml');
  const edge = await twoVersions(t, { plan: new FilePlanSource(file) });
  t.equal((await seen(edge, '-H', 'user-id: 123')).version, 'v2');
  await writeFile(`${file}.new`, planText({ revision: 2, more: '    state: aborted\n' }));
  await rename(`${file}.new`, file);
  await until(() => edge.plan.current()?.revision === 2);
  t.equal((await seen(edge, '-H', 'user-id: 123')).version, 'v1');
});

t.test(
  'closing takes no new requests, lets running ones finish, and may be called again',
  async (t) => {
    const arrived = Promise.withResolvers<() => void>();
    const url = await upstream(t, (_, res) => arrived.resolve(() => void res.end('late')));
    const edge = await edgeFor(t, { upstream: url, graceMs: 10_000 });
    const idle = raw(t, edge.address.url, '');
    const asked = raw(t, edge.address.url, `GET / HTTP/1.1${CRLF}Host: a${CRLF}${CRLF}`).all;
    const answer = await arrived.promise;
    const closing = edge.close();
    t.equal(edge.close(), closing);
    await idle.all;
    t.not((await curl(edge.address.url)).exit, 0);
    answer();
    t.match(await asked, /late/);
    await closing;
  },
);

t.test('while it closes, a kept-alive connection is told that it ends', async (t) => {
  const arrived = Promise.withResolvers<() => void>();
  const url = await upstream(t, (req, res) => {
    if (req.url === '/1') arrived.resolve(() => void res.end('one'));
    else res.end('two');
  });
  const edge = await edgeFor(t, { upstream: url, graceMs: 10_000 });
  const get = (path: string) => `GET ${path} HTTP/1.1${CRLF}Host: a${CRLF}${CRLF}`;
  const { socket, all } = raw(t, edge.address.url, get('/1'));
  const answer = await arrived.promise;
  const closing = edge.close();
  socket.write(get('/2'), answer);
  t.match(await all, /keep-alive[\s\S]*one[\s\S]*connection: close[\s\S]*two/i);
  await closing;
});

t.test('closing ends what outlasts the grace', async (t) => {
  let opened = false;
  const url = await upstream(t, () => {
    opened = true;
  });
  const edge = await edgeFor(t, { upstream: url, graceMs: 20 });
  const { all } = raw(t, edge.address.url, `GET / HTTP/1.1${CRLF}Host: a${CRLF}${CRLF}`);
  await until(() => opened);
  await edge.close();
  t.equal(await all, '');
});

t.test('a signal closes the edge', async (t) => {
  const abort = new AbortController();
  const edge = await edgeFor(t, { upstream: somewhere, signal: abort.signal });
  abort.abort();
  await edge.close();
  t.not((await curl(edge.address.url)).exit, 0);
});
