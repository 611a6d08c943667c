import { connect as connect2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import t, { type Test } from 'tap';
import type { Edge } from '../src/index.ts';
import { behind, secured } from './behind.ts';
import { raw, type Seen, until, valuesOf } from './helpers.ts';
import { v2 } from './proxy-headers.ts';

const CRLF = '\r\n';
const REQUEST = ['GET / HTTP/1.1', 'Host: a', 'user-id: 123', 'Connection: close', '', ''].join(
  CRLF,
);
const FROM = 'PROXY TCP4 192.0.2.77 10.0.0.1 4711 80\r\n';

const seenIn = (answer: string): Seen => JSON.parse(answer.slice(answer.indexOf('{'))) as Seen;

t.test('the address in the header is the client’s, for X-Forwarded-For and the log', async (t) => {
  const clients: unknown[] = [];
  const edge = await behind(t, {
    onServed: ({ exchange }) => clients.push(exchange.socket.remoteAddress),
  });
  const headers = [
    ['192.0.2.77', Buffer.from(FROM)],
    ['2001:db8::7', Buffer.from('PROXY TCP6 2001:db8::7 ::1 4711 80\r\n')],
    ['192.0.2.78', v2(0x21, 0x11, [192, 0, 2, 78, 10, 0, 0, 1, 0, 1, 0, 80])],
    ['127.0.0.1', v2(0x20, 0, [])],
    ['127.0.0.1', Buffer.from('PROXY UNKNOWN\r\n')],
  ] as const;
  for (const [address, header] of headers) {
    const { all } = raw(t, edge.address.url, header.toString('latin1') + REQUEST);
    t.same(valuesOf(seenIn(await all), 'x-forwarded-for'), [address]);
  }
  t.same(
    clients,
    headers.map(([address]) => address),
  );
});

t.test(
  'a header that comes byte by byte, and one with the request in the same packet',
  async (t) => {
    const edge = await behind(t);
    const { socket, all } = raw(t, edge.address.url, '');
    socket.setNoDelay(true);
    for (const letter of FROM + REQUEST) socket.write(letter);
    t.same(valuesOf(seenIn(await all), 'x-forwarded-for'), ['192.0.2.77']);
  },
);

t.test('trust is judged by the address in the header', async (t) => {
  const edge = await behind(t, { trustedHops: ['192.0.2.77/32'] });
  const ask = async (header: string) =>
    (await raw(t, edge.address.url, header + REQUEST).all).toString();
  t.equal(seenIn(await ask(FROM)).version, 'v2');
  t.equal(seenIn(await ask(FROM.replace('.77', '.78'))).version, 'v1');
});

const forged = [
  ['version 1', FROM],
  ['version 2', v2(0x21, 0x11, [192, 0, 2, 77, 10, 0, 0, 1, 0, 1, 0, 80]).toString('latin1')],
] as const;
for (const [version, header] of forged)
  t.test(
    `a client that is no listed sender forges a header of ${version}: 400, and no trust`,
    async (t) => {
      for (const proxyProtocol of [[], ['10.0.0.0/8']]) {
        const edge = await behind(t, { proxyProtocol, trustedHops: ['192.0.2.77/32'] });
        t.match(await raw(t, edge.address.url, header + REQUEST).all, /^HTTP\/1.1 400 /);
        t.equal(edge.stats().requests, 0);
      }
    },
  );

t.test(
  'a second header behind a good one is a malformed request: nobody but the sender says who it is',
  async (t) => {
    const edge = await behind(t, { trustedHops: ['192.0.2.66/32'] });
    const { all } = raw(t, edge.address.url, FROM + FROM.replace('.77', '.66') + REQUEST);
    t.match(await all, /^HTTP\/1.1 400 /);
    t.equal(edge.stats().requests, 0);
  },
);

t.test('a listed sender without a header, or with half a one, gets nothing', async (t) => {
  const edge = await behind(t, { timeouts: { headMs: 60 } });
  t.equal(await raw(t, edge.address.url, REQUEST).all, '');
  t.equal(await raw(t, edge.address.url, 'PROXY TCP4 192.0').all, '', 'in headMs');
  t.equal(edge.stats().requests, 0);
});

t.test('a header without a request is an end, not a leak', async (t) => {
  const edge = await behind(t);
  const { socket, all } = raw(t, edge.address.url, FROM);
  socket.end();
  t.equal(await all, '');
});

/** A connection that begins with a header. */
async function led(t: Test, edge: Edge, header: string): Promise<Socket> {
  const socket = connect(edge.address.port, '127.0.0.1');
  t.teardown(() => socket.destroy());
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.write(header);
  return socket;
}

t.test('before TLS, with HTTP/1.1 and HTTP/2', async (t) => {
  const { edge } = await secured(t, { trustedHops: ['192.0.2.77/32'] });
  const plain = connectSecurely({ socket: await led(t, edge, FROM), rejectUnauthorized: false });
  let answer = '';
  plain.on('data', (chunk) => {
    answer += chunk;
  });
  plain.write(REQUEST);
  await new Promise((resolve) => plain.once('close', resolve));
  t.match(seenIn(answer).version, 'v2');
  t.same(valuesOf(seenIn(answer), 'x-forwarded-for'), ['192.0.2.77']);
  const socket = connectSecurely({
    socket: await led(t, edge, FROM.replace('.77', '.78')),
    rejectUnauthorized: false,
    ALPNProtocols: ['h2'],
  });
  const session = connect2('https://localhost', { createConnection: () => socket });
  t.teardown(() => session.destroy());
  let body = '';
  const stream = session.request({ ':path': '/', 'user-id': '123' }).setEncoding('utf8');
  for await (const chunk of stream) body += chunk;
  t.match(JSON.parse(body), { version: 'v1' });
  t.same(valuesOf(JSON.parse(body), 'x-forwarded-for'), ['192.0.2.78']);
});

t.test('a forged header inside of TLS is a malformed request', async (t) => {
  const { edge } = await secured(t, { trustedHops: ['192.0.2.66/32'] });
  const socket = connectSecurely({ socket: await led(t, edge, FROM), rejectUnauthorized: false });
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(FROM.replace('.77', '.66') + REQUEST);
  await new Promise((resolve) => socket.once('close', resolve));
  t.match(answer, /^HTTP\/1.1 400 /);
});

t.test('connections that wait for a header end when the edge closes', async (t) => {
  const edge = await behind(t, { graceMs: 60_000 });
  const socket = await led(t, edge, 'PROXY');
  let closed = false;
  socket
    .on('error', () => {})
    .on('close', () => {
      closed = true;
    });
  socket.resume();
  await edge.close();
  await until(() => closed);
  t.ok(closed);
});

t.test('a range that is none keeps the edge from starting', (t) =>
  t.rejects(behind(t, { proxyProtocol: ['10.0.0.0/40'] }), { code: 'TINCT_EDGE_OPTION_MALFORMED' }),
);
