import t from 'tap';
import {
  curl,
  echo,
  edgeFor,
  planText,
  raw,
  seen,
  TextSource,
  twoVersions,
  valuesOf,
} from './helpers.ts';

/** Each is what a client without user-id sends in the hope of v2. */
const forgeries: readonly (readonly [attack: string, ...headers: string[]])[] = [
  ['a forged color', 'x-tinct-my-service: v2'],
  ['a forged color in capitals', 'X-TINCT-MY-SERVICE: v2'],
  ['a forged color in mixed case', 'X-Tinct-My-Service: v2'],
  ['a forged color with underscores', 'x_tinct_my_service: v2'],
  ['a forged color with one underscore', 'X-Tinct_My-Service: v2'],
  ['a forged color sent twice', 'x-tinct-my-service: v2', 'X-Tinct-My-Service: v2'],
  ['a forged color in a list', 'x-tinct-my-service: v1, v2'],
  [
    'a forged color named in Connection',
    'Connection: x-tinct-my-service',
    'x-tinct-my-service: v2',
  ],
  ['the assigned color named in Connection', 'Connection: close, X-Tinct-My-Service'],
  ['the decision named in Connection', 'Connection: x-tinct-decision, baggage'],
  ['a forged color of a release that is in no plan', 'x-tinct-other: v2'],
  [
    'a forged decision',
    'x-tinct-decision: my-service="v2";rev=1;epoch=1;reason=OVERRIDE;arm=other',
  ],
  ['a forged baggage member', 'baggage: tinct.my-service=v2'],
  ['a forged baggage member behind others', 'baggage: a=1, tinct.my-service = v2;p=1'],
  ['a forged baggage member with an encoded key', 'baggage: %74inct.my-service=v2'],
  ['a forged baggage member with a doubly encoded key', 'baggage: %2574inct.my-service=v2'],
  ['a forged baggage member in a second header', 'baggage: a=1', 'Baggage: TINCT.my-service=v2'],
  ['a forged response mark', 'x-tinct-served: v2', 'x-tinct-routed: my-service=v2'],
];
for (const [attack, ...headers] of forgeries)
  t.test(`${attack} changes nothing`, async (t) => {
    const edge = await twoVersions(t);
    const args = headers.flatMap((header) => ['-H', header]);
    const request = await seen(edge, '-H', 'user-id: 124', ...args);
    t.equal(request.version, 'v1');
    const colors = request.raw.filter(
      (_, i) => i % 2 === 0 && /^x[-_]tinct[-_]/i.test(request.raw[i] ?? ''),
    );
    t.same(colors, ['x-tinct-my-service', 'x-tinct-decision']);
    t.same(valuesOf(request, 'x-tinct-my-service'), ['v1']);
    t.equal(request.raw.join('\n').match(/v2/g), null);
    t.equal(valuesOf(request, 'baggage').length, 1);
    t.match(valuesOf(request, 'baggage')[0], /^tinct\.my-service=v1/);
  });

t.test('a plan’s own routing header cannot be forged either, in any spelling', async (t) => {
  const more = '    header: X-Version_Of\n';
  const plan = new TextSource(planText({ more }));
  const edge = await edgeFor(t, { upstream: await echo(t), plan });
  const spellings = ['x-version-of: v2', 'X_VERSION_OF: v2', 'x-version_of: v2'];
  const request = await seen(edge, ...spellings.flatMap((header) => ['-H', header]));
  t.same(valuesOf(request, 'x-version_of'), ['v1']);
  t.notMatch(request.raw.join('\n'), 'v2');
});

t.test('without a plan every color is forged and goes', async (t) => {
  const plan = new TextSource('');
  const edge = await edgeFor(t, { upstream: await echo(t), plan });
  const request = await seen(
    edge,
    '-H',
    'x-tinct-my-service: v2',
    '-H',
    'baggage: tinct.my-service=v2',
  );
  t.notMatch(request.raw.join('\n'), /tinct/i);
});

t.test('a doubled identity is no identity', async (t) => {
  const edge = await twoVersions(t);
  t.equal((await seen(edge, '-H', 'user-id: 123', '-H', 'User-Id: 124')).version, 'v1');
  t.equal((await seen(edge, '-H', 'user-id: 123', '-H', 'user-id: 123')).version, 'v1');
});

t.test('an identity named in Connection is neither believed nor forwarded', async (t) => {
  const edge = await twoVersions(t);
  const request = await seen(edge, '-H', 'user-id: 123', '-H', 'Connection: user-id');
  t.equal(request.version, 'v1');
  t.same(valuesOf(request, 'user-id'), []);
});

t.test('Connection cannot name away what frames or addresses the message', async (t) => {
  const edge = await twoVersions(t);
  const args = ['-H', 'Connection: host, content-length, content-type', '-d', 'hello'];
  const request = await seen(edge, ...args);
  t.same(valuesOf(request, 'host'), [new URL(edge.address.url).host]);
  t.same(valuesOf(request, 'content-length'), ['5']);
  t.equal(request.body, 'hello');
});

t.test('thousands of headers in front do not hide a forged color', async (t) => {
  const edge = await twoVersions(t);
  const junk = Array.from({ length: 2500 }, (_, i) => `${i % 10}:`);
  const text = [
    'GET / HTTP/1.1',
    'Host: a',
    'Connection: close',
    ...junk,
    'x-tinct-my-service: v2',
    'user-id: 123',
  ];
  const answer = await raw(t, edge.address.url, `${text.join('\r\n')}\r\n\r\n`).all;
  t.match(answer, /^HTTP\/1.1 200/);
  t.match(answer, '"version":"v2"');
  t.equal(answer.match(/x-tinct-my-service/g)?.length, 1);
});

const CRLF = '\r\n';
const malformed = [
  ['two Host headers', ['GET / HTTP/1.1', 'Host: a', 'Host: b']],
  ['no Host header', ['GET / HTTP/1.1']],
  ['an empty Host header', ['GET / HTTP/1.1', 'Host:']],
  ['a Host with a path', ['GET / HTTP/1.1', 'Host: a/b']],
  ['a Host with a user', ['GET / HTTP/1.1', 'Host: a@b']],
  ['two hosts in one Host', ['GET / HTTP/1.1', 'Host: a, b']],
  ['a URL of another host than Host', ['GET http://b/ HTTP/1.1', 'Host: a']],
  ['a URL with a user', ['GET http://x@a/ HTTP/1.1', 'Host: a']],
  ['a target that is no path', ['GET ftp://a/ HTTP/1.1', 'Host: a']],
  ['a fragment', ['GET /#a HTTP/1.1', 'Host: a']],
  [
    'a length and chunks',
    ['POST / HTTP/1.1', 'Host: a', 'Content-Length: 5', 'Transfer-Encoding: chunked'],
  ],
  ['two lengths', ['POST / HTTP/1.1', 'Host: a', 'Content-Length: 5', 'Content-Length: 6']],
  [
    'a coding that is not chunked',
    ['POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: gzip, chunked'],
  ],
  ['a space before the colon', ['GET / HTTP/1.1', 'Host: a', 'x-tinct-my-service : v2']],
  ['a folded header', ['GET / HTTP/1.1', 'Host: a', 'x-a: b', ' x-tinct-my-service: v2']],
  ['a NUL in a value', ['GET / HTTP/1.1', 'Host: a', 'x-a: b\0c']],
] as const;
for (const [what, lines] of malformed)
  t.test(`${what}: 400, nothing is forwarded, the connection ends`, async (t) => {
    const edge = await twoVersions(t);
    const answer = await raw(t, edge.address.url, lines.join(CRLF) + CRLF + CRLF).all;
    t.match(answer, /^HTTP\/1.1 400 /);
    t.match(answer, /connection: close/i);
    t.equal(edge.stats().requests, 0);
  });

t.test('TRACE, CONNECT, OPTIONS * and WebSockets that are no GET are refused', async (t) => {
  const edge = await twoVersions(t);
  const { url } = edge.address;
  const tunnel = await raw(t, url, `CONNECT a:443 HTTP/1.1${CRLF}Host: a:443${CRLF}${CRLF}`).all;
  t.match(tunnel, /^HTTP\/1.1 501 [\s\S]*TINCT_EDGE_METHOD_REFUSED/);
  const upgrade = ['-H', 'connection: Upgrade', '-H', 'upgrade: websocket'];
  const asks = [
    ['-X', 'TRACE', url],
    ['-X', 'OPTIONS', '--request-target', '*', url],
    [...upgrade, '-X', 'POST', url],
    [...upgrade, '--http1.0', url],
  ];
  for (const ask of asks) {
    const { out } = await curl('-D-', ...ask);
    t.match(out, /^HTTP\/1.1 501 /, ask.join(' '));
    t.match(out, /TINCT_EDGE_METHOD_REFUSED|TINCT_EDGE_UPGRADE_REFUSED/);
  }
  t.equal(edge.stats().requests, 0);
});

t.test('an offer of h2c is ignored, as curl --http2 makes one', async (t) => {
  const edge = await twoVersions(t);
  const request = await seen(edge, '--http2');
  t.equal(request.version, 'v1');
  t.same([...valuesOf(request, 'upgrade'), ...valuesOf(request, 'http2-settings')], []);
});

t.test('a client cannot pose as another hop’s client', async (t) => {
  const edge = await twoVersions(t, { trustedHops: [] });
  const forged = [
    'X-Forwarded-For: 1.1.1.1',
    'x-forwarded-proto: https',
    'X_Forwarded_Host: evil',
    'Forwarded: for=1.1.1.1;host=evil',
    'FORWARDED: for=evil',
  ];
  const request = await seen(edge, ...forged.flatMap((header) => ['-H', header]));
  t.same(valuesOf(request, 'x-forwarded-for'), ['127.0.0.1']);
  t.same(valuesOf(request, 'forwarded'), []);
  t.same(valuesOf(request, 'x-forwarded-proto'), ['http']);
  t.same(valuesOf(request, 'x-forwarded-host'), [new URL(edge.address.url).host]);
  t.notMatch(request.raw.join('\n'), 'evil');
});

t.test('a trusted hop’s word about the client is passed on', async (t) => {
  const edge = await twoVersions(t);
  const told = [
    'X-Forwarded-For: 1.1.1.1',
    'x-forwarded-proto: https',
    'X-Forwarded-Host: shop.example',
    'Forwarded: for=1.1.1.1;proto=https',
  ];
  const request = await seen(edge, ...told.flatMap((header) => ['-H', header]));
  t.same(valuesOf(request, 'x-forwarded-for'), ['1.1.1.1, 127.0.0.1']);
  const { host } = new URL(edge.address.url);
  const last = `for=127.0.0.1;host="${host}";proto=http`;
  t.same(valuesOf(request, 'forwarded'), [`for=1.1.1.1;proto=https, ${last}`]);
  t.same(valuesOf(request, 'x-forwarded-proto'), ['https']);
  t.same(valuesOf(request, 'x-forwarded-host'), ['shop.example']);
});
