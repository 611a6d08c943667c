import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { connect } from 'node:net';
import t, { type Test } from 'tap';
import type { Edge } from '../src/index.ts';
import { makeAuthority, makeCertificate } from './certificates.ts';
import { edgeFor, listen, raw, twoVersions, until, upstream } from './helpers.ts';

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
  // The first one must be read in that time, on a busy machine too.
  const edge = await twoVersions(t, { timeouts: { headMs: 1000 } });
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
    timeouts: { bodyMs: 20 },
  });
  const head = `POST / HTTP/1.1${CRLF}Host: a${CRLF}Content-Length: 9${CRLF}${CRLF}half`;
  t.match(await raw(t, edge.address.url, head).all, /^HTTP\/1.1 408 [\s\S]*TINCT_EDGE_BODY_SLOW/);
  await until(() => broken);
});

for (const protocol of ['http', 'h2c'] as const)
  t.test(
    `an upload that pauses is the client’s fault, not the version’s: ${protocol}`,
    async (t) => {
      const service = protocol === 'http' ? createServer() : createHttp2Server();
      service.on('request', (req: IncomingMessage) => void req.on('error', () => {}).resume());
      const url = (await listen(t, service)).replace('http:', `${protocol}:`);
      // What a service may take for its answer does not count while a client is still sending.
      const edge = await edgeFor(t, { upstream: url, timeouts: { headersMs: 1, bodyMs: 300 } });
      const head = `POST / HTTP/1.1${CRLF}Host: a${CRLF}Content-Length: 9${CRLF}${CRLF}half`;
      const { all } = raw(t, edge.address.url, head);
      t.match(await all, /^HTTP\/1.1 408 [\s\S]*connection: close[\s\S]*TINCT_EDGE_BODY_SLOW/i);
      const { versions } = edge.stats();
      t.match(
        versions.filter(({ requests }) => requests > 0),
        [{ requests: 1, errors: 0 }],
      );
    },
  );

t.test('a service that does not answer an upload is slow from its end on', async (t) => {
  const url = await upstream(t, (req) => void req.on('error', () => {}).resume());
  const edge = await edgeFor(t, { upstream: url, timeouts: { headersMs: 30, bodyMs: 60_000 } });
  const head = `POST / HTTP/1.1${CRLF}Host: a${CRLF}Connection: close${CRLF}Content-Length: 5${CRLF}${CRLF}`;
  t.match(await raw(t, edge.address.url, `${head}whole`).all, /^HTTP\/1.1 504 /);
});

t.test(
  'a request that takes too long in all ends, although it goes on: 504, or broken',
  async (t) => {
    const going = new Set<NodeJS.Timeout>();
    t.teardown(() => going.forEach((timer) => void clearInterval(timer)));
    const url = await upstream(t, (req, res) => {
      req.resume();
      if (req.url === '/silent') return;
      const timer = setInterval(() => void res.write('more'), 5);
      going.add(timer);
      res.on('close', () => clearInterval(timer));
    });
    const edge = await edgeFor(t, { upstream: url, timeouts: { totalMs: 200 } });
    const ask = (path: string) =>
      raw(
        t,
        edge.address.url,
        `GET ${path} HTTP/1.1${CRLF}Host: a${CRLF}Connection: close${CRLF}${CRLF}`,
      );
    t.match(await ask('/silent').all, /^HTTP\/1.1 504 [\s\S]*TINCT_EDGE_UPSTREAM_SLOW/);
    const endless = await ask('/endless').all;
    t.match(endless, /^HTTP\/1.1 200 [\s\S]*more/);
    t.notMatch(endless, /\r\n0\r\n\r\n$/, 'never as complete');
    await until(() => edge.stats().requests === 2);
    const { versions } = edge.stats();
    t.match(
      versions.filter(({ requests }) => requests > 0),
      [{ requests: 2, errors: 2 }],
    );
  },
);

t.test('an upload that takes too long in all, although it goes on: 408', async (t) => {
  const url = await upstream(t, (req) => void req.on('error', () => {}).resume());
  const edge = await edgeFor(t, { upstream: url, timeouts: { totalMs: 200 } });
  const head = `POST / HTTP/1.1${CRLF}Host: a${CRLF}Content-Length: 1000000${CRLF}${CRLF}`;
  const { socket, all } = raw(t, edge.address.url, head);
  const timer = setInterval(() => void socket.write('x'), 5);
  socket.on('data', () => clearInterval(timer)).on('close', () => clearInterval(timer));
  t.match(await all, /^HTTP\/1.1 408 [\s\S]*TINCT_EDGE_BODY_SLOW/);
});
