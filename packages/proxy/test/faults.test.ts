import { createServer as createTcpServer, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import type { Edge } from '../src/index.ts';
import { curl, edgeFor, listen, raw, until, upstream } from './helpers.ts';

const CRLF = '\r\n';

/** An upstream that treats its connections as a test says. */
const tcp = (t: Test, onConnection: (socket: Socket) => void): Promise<string> =>
  listen(
    t,
    createTcpServer((socket) => {
      socket.on('error', () => {});
      onConnection(socket);
    }),
  );

const v1 = (edge: Edge) => edge.stats().versions.find(({ variant }) => variant === 'v1');

const faults = [
  ['refuses connections', undefined, 503, 'TINCT_EDGE_UPSTREAM_UNREACHABLE'],
  [
    'closes without an answer',
    (socket: Socket) => socket.once('data', () => socket.end()),
    502,
    'TINCT_EDGE_UPSTREAM_BROKEN',
  ],
  [
    'resets without an answer',
    (socket: Socket) => socket.once('data', () => socket.resetAndDestroy()),
    502,
    'TINCT_EDGE_UPSTREAM_BROKEN',
  ],
  [
    'speaks something else',
    (socket: Socket) => socket.once('data', () => socket.end('SSH-2.0\r\n')),
    502,
    'TINCT_EDGE_UPSTREAM_BROKEN',
  ],
  [
    'closes within the head',
    (socket: Socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nx: ')),
    502,
    'TINCT_EDGE_UPSTREAM_BROKEN',
  ],
  ['never answers', () => {}, 504, 'TINCT_EDGE_UPSTREAM_SLOW'],
] as const;
for (const [what, behave, status, code] of faults)
  t.test(
    `an upstream that ${what}: ${status} with a small body that says so, counted as an error`,
    async (t) => {
      const url = behave === undefined ? 'http://127.0.0.1:1' : await tcp(t, behave);
      const edge = await edgeFor(t, { upstream: url, timeouts: { headersMs: 50 } });
      const { out } = await curl('-D-', '-d', 'hello', edge.address.url);
      t.match(
        out,
        new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*content-type: application/problem\\+json`),
      );
      t.match(JSON.parse(out.slice(out.indexOf('{'))), { status, code, type: 'about:blank' });
      t.notMatch(out.slice(out.indexOf('{')), /127\.0\.0\.1/);
      t.match(v1(edge), { requests: 1, errors: 1 });
    },
  );

t.test('a 500 of the service passes and counts as an error', async (t) => {
  const url = await upstream(t, (_, res) => void res.writeHead(500).end('oops'));
  const edge = await edgeFor(t, { upstream: url });
  t.equal((await curl(edge.address.url)).out, 'oops');
  t.match(v1(edge), { requests: 1, errors: 1 });
});

const halves = [
  ['with a length', `HTTP/1.1 200 OK${CRLF}content-length: 100${CRLF}${CRLF}half`],
  [
    'in chunks',
    `HTTP/1.1 200 OK${CRLF}transfer-encoding: chunked${CRLF}${CRLF}4${CRLF}half${CRLF}`,
  ],
] as const;
for (const [what, half] of halves)
  for (const version of ['--http1.0', '--http1.1'])
    t.test(
      `an upstream that dies halfway ${what} never ends as a complete response (${version})`,
      async (t) => {
        const written = Promise.withResolvers<Socket>();
        const url = await tcp(t, (socket) => {
          socket.once('data', () => socket.write(half, () => written.resolve(socket)));
        });
        const edge = await edgeFor(t, { upstream: url });
        const args = [version, '-N', '-o', '/dev/null'];
        const asked = curl(...args, edge.address.url);
        const socket = await written.promise;
        setTimeout(() => socket.destroy(), 30);
        const { exit } = await asked;
        t.ok([18, 56].includes(exit), `curl exits ${exit}: transfer closed, or reset`);
        t.match(v1(edge), { requests: 1, errors: 1 });
      },
    );

t.test('a body that pauses too long ends as broken', async (t) => {
  const url = await upstream(
    t,
    (_, res) => void res.writeHead(200, { 'content-length': 9 }).write('half'),
  );
  const edge = await edgeFor(t, { upstream: url, timeouts: { bodyMs: 50 } });
  t.not((await curl(edge.address.url)).exit, 0);
});

t.test('a client that goes away takes its upstream request with it', async (t) => {
  let closed = false;
  const url = await upstream(t, (_, res) => {
    res.write('first');
    res.on('close', () => {
      closed = true;
    });
  });
  const edge = await edgeFor(t, { upstream: url });
  const { socket } = raw(t, edge.address.url, `GET / HTTP/1.1${CRLF}Host: a${CRLF}${CRLF}`);
  await new Promise((resolve) => socket.once('data', resolve));
  socket.destroy();
  await until(() => closed && edge.stats().requests === 1);
  t.match(v1(edge), { requests: 1, errors: 0, abandoned: 1, p50: undefined });
});

t.test('a client that goes away before an answer takes its upstream request with it', async (t) => {
  let [opened, closed] = [false, false];
  const url = await upstream(t, (req) => {
    opened = true;
    req.socket.on('close', () => {
      closed = true;
    });
  });
  const edge = await edgeFor(t, { upstream: url });
  const { socket } = raw(t, edge.address.url, `GET / HTTP/1.1${CRLF}Host: a${CRLF}${CRLF}`);
  await until(() => opened);
  socket.destroy();
  await until(() => closed && edge.stats().requests === 1);
  t.match(v1(edge), { errors: 0, abandoned: 1 });
});

t.test('an upload that is cut off reaches the upstream as broken, never as complete', async (t) => {
  let [started, ended, aborted] = [false, false, false];
  const url = await upstream(t, (req) => {
    req.on('data', () => {
      started = true;
    });
    req.on('end', () => {
      ended = true;
    });
    req.on('error', () => {
      aborted = true;
    });
  });
  const edge = await edgeFor(t, { upstream: url });
  const head = `POST / HTTP/1.1${CRLF}Host: a${CRLF}Transfer-Encoding: chunked${CRLF}${CRLF}`;
  const { socket } = raw(t, edge.address.url, `${head}4${CRLF}half${CRLF}`);
  await until(() => started);
  socket.destroy();
  await until(() => aborted);
  t.equal(ended, false);
  await until(() => edge.stats().requests === 1);
  t.match(v1(edge), { errors: 0, abandoned: 1 });
});

t.test('an upstream that fails during an upload: the client still gets its 502', async (t) => {
  const url = await tcp(t, (socket) => void socket.once('data', () => socket.resetAndDestroy()));
  const edge = await edgeFor(t, { upstream: url });
  const head = `POST / HTTP/1.1${CRLF}Host: a${CRLF}Content-Length: 1000000${CRLF}${CRLF}`;
  const { socket, all } = raw(t, edge.address.url, head + 'x'.repeat(1000));
  await new Promise((resolve) => socket.once('data', resolve));
  socket.end('x'.repeat(999_000));
  t.match(await all, /^HTTP\/1.1 502 /);
});

t.test('an answer before the end of the upload reaches the client', async (t) => {
  const url = await upstream(t, (_, res) => void res.writeHead(413).end('too much'));
  const edge = await edgeFor(t, { upstream: url });
  const head = `POST / HTTP/1.1${CRLF}Host: a${CRLF}Content-Length: 1000000${CRLF}${CRLF}`;
  const { socket, all } = raw(t, edge.address.url, head + 'x'.repeat(1000));
  await new Promise((resolve) => socket.once('data', resolve));
  socket.end('x'.repeat(999_000));
  t.match(await all, /^HTTP\/1.1 413 [\s\S]*too much/);
});

/** Answers once per connection, then closes at the next request. */
const answersOnce = (t: Test, onRequest: () => void): Promise<string> =>
  tcp(t, (socket) => {
    let requests = 0;
    socket.on('data', () => {
      onRequest();
      requests += 1;
      if (requests > 1) socket.destroy();
      else socket.write(`HTTP/1.1 200 OK${CRLF}content-length: 2${CRLF}${CRLF}ok`);
    });
  });

t.test(
  'a connection that was closed just now: what may be repeated is repeated once',
  async (t) => {
    let asked = 0;
    const url = await answersOnce(t, () => {
      asked += 1;
    });
    const edge = await edgeFor(t, { upstream: url });
    for (let i = 0; i < 3; i += 1) t.equal((await curl(edge.address.url)).out, 'ok');
    t.ok(asked > 3, `${asked} requests for 3 answers`);
    t.match(edge.stats(), { requests: 3 });
  },
);

t.test('a connection that was closed just now: a POST is not repeated', async (t) => {
  let asked = 0;
  const url = await answersOnce(t, () => {
    asked += 1;
  });
  const edge = await edgeFor(t, { upstream: url });
  t.equal((await curl('-X', 'POST', edge.address.url)).out, 'ok');
  t.match((await curl('-X', 'POST', edge.address.url)).out, /TINCT_EDGE_UPSTREAM_BROKEN/);
  t.equal(asked, 2);
});
