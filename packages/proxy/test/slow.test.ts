import { connect } from 'node:net';
import t, { type Test } from 'tap';
import type { Edge } from '../src/index.ts';
import { makeAuthority, makeCertificate } from './certificates.ts';
import { edgeFor, raw, twoVersions, until, upstream } from './helpers.ts';

const CRLF = '\r\n';
const timeouts = { headMs: 60 };

/** Sends a little more after a while, which must not buy time. What is unread when the edge closes would reset its answer. */
function drip(t: Test, edge: Edge, text: string): Promise<string> {
  const { socket, all } = raw(t, edge.address.url, text);
  const more = setTimeout(() => void socket.write('x'), 20);
  t.teardown(() => clearTimeout(more));
  return all;
}

t.test('slowloris: a head that never ends gets 408', async (t) => {
  const edge = await twoVersions(t, { timeouts });
  t.match(await drip(t, edge, `GET / HTTP/1.1${CRLF}Host: a${CRLF}X-A: `), /^HTTP\/1.1 408 /);
  t.equal(edge.stats().requests, 0);
});

t.test('slowloris: a second head that never ends gets 408 after the first answer', async (t) => {
  const edge = await twoVersions(t, { timeouts });
  const first = `GET / HTTP/1.1${CRLF}Host: a${CRLF}${CRLF}`;
  t.match(
    await drip(t, edge, `${first}GET / HTTP/1.1${CRLF}X-A: `),
    /^HTTP\/1.1 200 [\s\S]*HTTP\/1.1 408 /,
  );
});

t.test('a connection that says nothing ends', async (t) => {
  const edge = await twoVersions(t, { timeouts });
  t.equal(await raw(t, edge.address.url, '').all, '');
});

t.test('a connection that begins like HTTP/2 and says no more ends', async (t) => {
  const edge = await twoVersions(t, { timeouts });
  t.equal(await raw(t, edge.address.url, 'PRI * HTTP/2.0\r\n').all, '');
});

t.test('a TLS handshake that never ends, ends', async (t) => {
  const dir = t.testdir({});
  const certificate = makeCertificate(dir, makeAuthority(dir), ['localhost']);
  const edge = await twoVersions(t, { timeouts, tls: { certificates: [certificate] } });
  const socket = connect(edge.address.port, '127.0.0.1');
  t.teardown(() => socket.destroy());
  socket.write(Buffer.from([22, 3, 1]));
  await new Promise((resolve) => socket.on('error', () => {}).on('close', resolve));
});

t.test('a slow body ends when it pauses too long, and its service sees it broken', async (t) => {
  let broken = false;
  const url = await upstream(t, (req) => {
    req.on('error', () => {
      broken = true;
    });
  });
  const edge = await edgeFor(t, {
    upstream: url,
    timeouts: { connectMs: 20, headersMs: 20, bodyMs: 20 },
  });
  const head = `POST / HTTP/1.1${CRLF}Host: a${CRLF}Content-Length: 9${CRLF}${CRLF}half`;
  t.match(await raw(t, edge.address.url, head).all, /^(?:HTTP\/1.1 (?:504|408) [\s\S]*)?$/);
  await until(() => broken);
});
