/** Connections of HTTP/1.1 as clients use and misuse them: what comes too early, too slowly, by halves, or never ends. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { Http1Connections } from '../src/downstream/http1.ts';
import type { Exchange } from '../src/exchange.ts';
import { edgeFor, listen, raw, twoVersions, until, upstream } from './helpers.ts';

const CRLF = '\r\n';
const get = (path = '/', ...more: string[]): string =>
  [`GET ${path} HTTP/1.1`, 'Host: a', ...more, '', ''].join(CRLF);

/** HTTP/1.1 without the rest of an edge: what came, and the server's side of each connection. */
async function bare(t: Test, serve: (exchange: Exchange) => void, patienceMs = 0) {
  const sockets: Socket[] = [];
  const connections = new Http1Connections({
    serve,
    turnAway: () => {},
    peerOf: () => ({ trusted: false, encrypted: false }),
    isClosing: () => false,
    patienceMs,
    headMs: 10_000,
    headerBytes: 16_384,
    http2: { streams: 1, resets: 1 },
  });
  t.teardown(() => connections.close());
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.push(connections.take(socket));
  });
  return { url: await listen(t, server), sockets, connections };
}

/** However it ends. */
const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

const connected = (t: Test, url: string): Socket => {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).on('error', () => {});
  t.teardown(() => socket.destroy());
  return socket;
};

t.test('a flood of requests behind one that is not answered waits at the client', async (t) => {
  let asked = 0;
  const { url, sockets } = await bare(t, () => {
    asked += 1;
  });
  const socket = connected(t, url);
  const flood = get().repeat(1000);
  const pour = () => {
    while (socket.write(flood));
    socket.once('drain', pour);
  };
  pour();
  await until(() => sockets[0]?.isPaused() === true);
  t.equal(asked, 1);
  t.ok((sockets[0]?.bytesRead ?? 0) < 1_000_000, 'what is read ahead is bounded');
});

t.test('pipelined requests are answered one after the other, however they are cut', async (t) => {
  const { url } = await bare(t, ({ req, res }) => {
    const body = `${req.method}${req.url};`;
    let got = '';
    req.on('data', (chunk: Buffer) => {
      got += chunk.toString('latin1');
    });
    const answer = () =>
      res.writeHead(200, 'OK', ['content-length', `${body.length + got.length}`]).end(body + got);
    if (req.hasBody) req.on('end', () => setImmediate(answer)).resume();
    else setImmediate(answer);
  });
  const post = (body: string) =>
    `POST /p HTTP/1.1${CRLF}Host: a${CRLF}Content-Length: ${body.length}${CRLF}${CRLF}${body}`;
  const all = get('/1') + post('GET /x HTTP/1.1\r\n\r\n') + CRLF + get('/2') + post('');
  for (const size of [1, 7, 1000]) {
    const socket = connected(t, url);
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
    });
    for (let at = 0; at < all.length; at += size) socket.write(all.slice(at, at + size), 'latin1');
    await until(() => text.endsWith('POST/p;'));
    const bodies = text.split(/HTTP\/1\.1 200 OK\r\n[\s\S]*?\r\n\r\n/).slice(1);
    t.strictSame(bodies, ['GET/1;', 'POST/p;GET /x HTTP/1.1\r\n\r\n', 'GET/2;', 'POST/p;']);
    socket.destroy();
  }
});

const hopeless: readonly (readonly [what: string, bytes: string])[] = [
  ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['a head of bare LFs', 'GET / HTTP/1.1\nHost: a\n\n'],
  ['a method that is none', 'GETT / HTT'.repeat(3)],
  ['a method in small letters', 'get / HTTP/1.1'],
  ['a NUL', 'GET /\0'],
];
for (const [what, bytes] of hopeless)
  t.test(`${what} is refused at once, without an end of the head`, async (t) => {
    const edge = await twoVersions(t);
    t.match(await raw(t, edge.address.url, bytes).all, /^HTTP\/1.1 400 /);
    t.equal(edge.stats().requests, 0);
  });

t.test('empty lines before a request are passed over', async (t) => {
  const edge = await twoVersions(t);
  const { all } = raw(t, edge.address.url, CRLF + CRLF + get('/', 'Connection: close'));
  t.match(await all, /^HTTP\/1.1 200 /);
});

t.test('a client that is refused amid its upload reads the whole answer', async (t) => {
  const edge = await twoVersions(t);
  const head = `POST / HTTP/1.1${CRLF}Host: a${CRLF}Transfer-Encoding: gzip${CRLF}${CRLF}`;
  const { socket, all } = raw(t, edge.address.url, head);
  socket.write('x'.repeat(500_000));
  t.match(await all, /^HTTP\/1.1 400 [\s\S]*"instance":"urn:uuid:[^"]+"}\n$/);
});

t.test('a client that never stops sending after its refusal is closed', async (t) => {
  const edge = await twoVersions(t);
  const { port } = edge.address;
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {});
  t.teardown(() => socket.destroy());
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  socket.write(`no HTTP${CRLF}${CRLF}`);
  const more = setInterval(() => void (socket.writable && socket.write('x')), 20);
  t.teardown(() => clearInterval(more));
  await closed(socket);
  t.match(text, /^HTTP\/1.1 400 /);
});

t.test(
  'HTTP/1.0 keeps its connection if it asks to, and where a length ends the answer',
  async (t) => {
    const { url } = await bare(t, ({ req, res }) => {
      res.writeHead(200, 'OK', req.url === '/long' ? ['content-length', '2'] : []).end('ok');
    });
    const old = (path: string, ...more: string[]) =>
      [`GET ${path} HTTP/1.0`, ...more, '', ''].join(CRLF);
    const kept = old('/long', 'Connection: keep-alive');
    const text = await raw(t, url, kept + kept + old('/short', 'Connection: keep-alive')).all;
    t.equal(text.match(/HTTP\/1.1 200 OK/g)?.length, 3);
    t.equal(text.match(/Connection: keep-alive/g)?.length, 2);
    t.match(text, /Connection: close\r\n\r\nok$/, 'the end of the connection ends it');
    t.notMatch(text, /chunked/i);
  },
);

t.test('a head that cannot be written splits no answer', async (t) => {
  const thrown: unknown[] = [];
  const { url } = await bare(t, ({ res }) => {
    for (const headers of [
      ['x-a', `b${CRLF}x-c: d`],
      [`x-a: b${CRLF}x-c`, 'd'],
    ])
      try {
        res.writeHead(200, 'OK', headers);
      } catch (error) {
        thrown.push(error);
      }
    t.notOk(res.headersSent);
    res.writeHead(200, 'OK', ['content-length', '0']).end();
  });
  t.notMatch(await raw(t, url, get('/', 'Connection: close')).all, /x-c/);
  t.equal(thrown.length, 2);
});

t.test('a slow reader holds the service back, and gets everything', async (t) => {
  let written = 0;
  const size = 20_000_000;
  const piece = Buffer.alloc(50_000, 'x');
  const url = await upstream(t, (_, res) => {
    res.writeHead(200, { 'content-length': size });
    const more = () => {
      while (written < size) {
        written += piece.length;
        if (!res.write(piece)) return void res.once('drain', more);
      }
      res.end();
    };
    more();
  });
  const edge = await edgeFor(t, { upstream: url });
  const socket = connected(t, edge.address.url);
  socket.pause().write(get('/', 'Connection: close'));
  let before = -1;
  // Nothing moves any more: every buffer on the way is full.
  while (written === 0 || written !== before) {
    before = written;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  t.ok(written < size, `${written} bytes of ${size} are on the way`);
  let got = 0;
  socket.on('data', ({ length }) => {
    got += length;
  });
  socket.resume();
  await closed(socket);
  t.ok(got > size);
});

t.test(
  'a client that takes nothing for too long is closed; its request is no success',
  async (t) => {
    const { url, sockets } = await bare(
      t,
      ({ res }) => {
        res.writeHead(200, 'OK', ['content-length', '50000000']).write(Buffer.alloc(40_000_000));
      },
      200,
    );
    const socket = connected(t, url);
    socket.pause().write(get());
    await until(() => sockets[0]?.destroyed === true);
    t.pass('it is closed');
  },
);

t.test(
  'a connection that breaks amid its body is heard of once, and reaches nobody as an error',
  async (t) => {
    const heard: string[] = [];
    const { url } = await bare(t, ({ req, res }) => {
      req.on('close', () => heard.push(`request ${req.complete}`)).resume();
      res.on('close', () => heard.push('response'));
      req.on('data', () => socket.resetAndDestroy());
    });
    const socket = connected(t, url);
    socket.write(`POST / HTTP/1.1${CRLF}Host: a${CRLF}Content-Length: 9${CRLF}${CRLF}half`);
    await until(() => heard.length === 2);
    t.strictSame(heard, ['request false', 'response']);
  },
);

t.test(
  'what waits for its next request ends when the edge closes; what is answered goes on',
  async (t) => {
    let answer = () => {};
    const { url, connections, sockets } = await bare(t, ({ req, res }) => {
      answer = () => void res.writeHead(200, 'OK', ['content-length', '2']).end('ok');
      if (req.url === '/now') answer();
    });
    const [idle, busy] = [connected(t, url), connected(t, url)];
    idle.write(get('/now'));
    await once(idle, 'data');
    busy.write(get('/later'));
    await until(() => sockets.length === 2 && (sockets[1]?.bytesRead ?? 0) > 0);
    const ended = closed(idle);
    idle.resume();
    // The answer is heard of before its last byte is known to be written.
    const closing = setInterval(() => connections.closeIdle(), 5);
    t.teardown(() => clearInterval(closing));
    await ended;
    answer();
    const [text] = await once(busy, 'data');
    t.match(`${text}`, /ok$/);
  },
);
