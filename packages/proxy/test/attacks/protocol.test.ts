/** What the bytes of a request could mean to two programs. A gateway that asks reads them itself: the reverse proxy's alone. */

import { curl, raw, seen, twoVersions, valuesOf } from '../helpers.ts';
import { each } from './each.ts';
import type { Except } from './forms.ts';

const READS = 'the gateway reads the bytes of a request itself, and asks about what it understood';
const GATEWAYS: Except = { 'ext_authz gRPC': READS, 'ext_authz HTTP': READS };

each(
  'Connection cannot name away what frames or addresses the message',
  async (t) => {
    const edge = await twoVersions(t);
    const args = ['-H', 'Connection: host, content-length, content-type', '-d', 'hello'];
    const request = await seen(edge, ...args);
    t.same(valuesOf(request, 'host'), [new URL(edge.address.url).host]);
    t.same(valuesOf(request, 'content-length'), ['5']);
    t.equal(request.body, 'hello');
  },
  GATEWAYS,
);

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
  each(
    `${what}: 400, nothing is forwarded, the connection ends`,
    async (t) => {
      const edge = await twoVersions(t);
      const answer = await raw(t, edge.address.url, lines.join(CRLF) + CRLF + CRLF).all;
      t.match(answer, /^HTTP\/1.1 400 /);
      t.match(answer, /connection: close/i);
      t.equal(edge.stats().requests, 0);
    },
    GATEWAYS,
  );

each(
  'TRACE, CONNECT, OPTIONS * and WebSockets that are no GET are refused',
  async (t) => {
    const edge = await twoVersions(t);
    const { url } = edge.address;
    const tunnel = await raw(t, url, `CONNECT a:443 HTTP/1.1${CRLF}Host: a:443${CRLF}${CRLF}`).all;
    t.match(tunnel, /^HTTP\/1.1 501 [\s\S]*TINCT_EDGE_METHOD_REFUSED/);
    const upgrade = ['-H', 'connection: Upgrade', '-H', 'upgrade: websocket'];
    const asks = [
      ['-X', 'TRACE', url],
      ['-X', 'OPTIONS', '--request-target', '*', url],
      [...upgrade, '-X', 'POST', url],
    ];
    for (const ask of asks) {
      const { out } = await curl('-D-', ...ask);
      t.match(out, /^HTTP\/1.1 501 /, ask.join(' '));
      t.match(out, /TINCT_EDGE_METHOD_REFUSED|TINCT_EDGE_UPGRADE_REFUSED/);
    }
    t.equal(edge.stats().requests, 0);
  },
  GATEWAYS,
);

each(
  'an offer of h2c is ignored, as curl --http2 makes one',
  async (t) => {
    const edge = await twoVersions(t);
    const request = await seen(edge, '--http2');
    t.equal(request.version, 'v1');
    t.same([...valuesOf(request, 'upgrade'), ...valuesOf(request, 'http2-settings')], []);
  },
  GATEWAYS,
);

each(
  'a client cannot pose as another hop’s client',
  async (t) => {
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
  },
  GATEWAYS,
);

each(
  'a trusted hop’s word about the client is passed on',
  async (t) => {
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
  },
  GATEWAYS,
);
