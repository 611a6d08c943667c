import { createServer } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { WebSocket, WebSocketServer } from 'ws';
import type { Edge } from '../src/index.ts';
import { edgeFor, listen, raw, until, upstream } from './helpers.ts';

const CRLF = '\r\n';

/** A service that sends back what comes, first its own name and what it saw of the handshake. */
async function service(t: Test, version: string): Promise<string> {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  sockets.on('headers', (headers) => headers.push('x-tinct-served: v9', 'x-mine: 1'));
  sockets.on('connection', (socket, req) => {
    socket.send(JSON.stringify({ version, raw: req.rawHeaders, url: req.url }));
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  return listen(t, server);
}

async function edgeOf(t: Test, options = {}): Promise<Edge> {
  const [v1, v2] = [await service(t, 'v1'), await service(t, 'v2')];
  return edgeFor(t, { upstream: v1, direct: { 'my-service': { v1, v2 } }, ...options });
}

function open(t: Test, edge: Edge, headers: Record<string, string> = {}): WebSocket {
  const socket = new WebSocket(`${edge.address.url.replace('http', 'ws')}/chat?a=b`, { headers });
  t.teardown(() => socket.terminate());
  return socket;
}

const message = (socket: WebSocket): Promise<string> =>
  new Promise((resolve, reject) => {
    socket.once('message', (data) => resolve(`${data}`)).once('error', reject);
  });

const handshake = (...more: string[]) =>
  [
    'GET / HTTP/1.1',
    'Host: a',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...more,
    '',
    '',
  ].join(CRLF);

t.test('a WebSocket goes to the decided version, with the color on its handshake', async (t) => {
  const edge = await edgeOf(t);
  for (const [user, version] of [
    ['123', 'v2'],
    ['124', 'v1'],
  ] as const) {
    const forged = { 'x-tinct-my-service': 'v7', 'user-id': user };
    const socket = open(t, edge, forged);
    const upgraded = new Promise<string[]>((resolve) => {
      socket.once('upgrade', ({ rawHeaders }) => resolve(rawHeaders));
    });
    const seen = JSON.parse(await message(socket));
    t.match(seen, { version, url: '/chat?a=b' });
    const colors = seen.raw.filter(
      (_: string, i: number) => seen.raw[i - 1] === 'x-tinct-my-service',
    );
    t.same(colors, [version]);
    const names = (await upgraded).map((part) => part.toLowerCase());
    t.ok(names.includes('x-mine'));
    t.notOk(names.includes('x-tinct-served'));
  }
  t.match(edge.stats(), { requests: 2 });
});

t.test('messages pass both ways, large ones too, and in order', async (t) => {
  const socket = open(t, await edgeOf(t));
  await message(socket);
  const sent = Array.from({ length: 50 }, (_, i) => `${i}:${'x'.repeat(i * 4000)}`);
  const got: string[] = [];
  socket.on('message', (data) => got.push(`${data}`));
  for (const text of sent) socket.send(text);
  await until(() => got.length === sent.length);
  t.same(got, sent);
});

t.test('a close with its code reaches the other side', async (t) => {
  const server = createServer();
  const codes: number[] = [];
  new WebSocketServer({ server }).on('connection', (socket) => {
    socket.on('close', (code) => codes.push(code));
  });
  const edge = await edgeFor(t, { upstream: await listen(t, server) });
  const socket = open(t, edge);
  await new Promise((resolve) => socket.once('open', resolve));
  socket.close(4001, 'bye');
  await until(() => codes.length === 1);
  t.same(codes, [4001]);
});

t.test('a handshake that the service refuses passes as the answer that it is', async (t) => {
  const url = await upstream(t, (_, res) => void res.end('never'));
  const server = createServer().on('upgrade', (_, socket: Socket) => {
    socket.end(
      `HTTP/1.1 401 Unauthorized${CRLF}content-length: 4${CRLF}x-why: me${CRLF}${CRLF}nope`,
    );
  });
  const edge = await edgeFor(t, { upstream: await listen(t, server) });
  t.match(
    await raw(t, edge.address.url, handshake()).all,
    /^HTTP\/1.1 401 Unauthorized\r\n[\s\S]*x-why: me[\s\S]*nope$/,
  );
  const plain = await edgeFor(t, { upstream: url });
  t.match(await raw(t, plain.address.url, handshake()).all, /^HTTP\/1.1 200 OK/);
  const dead = await edgeFor(t, { upstream: 'http://127.0.0.1:1' });
  t.match(await raw(t, dead.address.url, handshake()).all, /^HTTP\/1.1 503 [\s\S]*UNREACHABLE/);
});

t.test('a handshake with a body is refused: its bytes could be read as messages', async (t) => {
  const edge = await edgeOf(t);
  const smuggled = `GET /admin HTTP/1.1${CRLF}Host: a${CRLF}${CRLF}`;
  const { all } = raw(
    t,
    edge.address.url,
    handshake(`Content-Length: ${smuggled.length}`) + smuggled,
  );
  t.match(await all, /^HTTP\/1.1 400 /);
  t.equal(edge.stats().requests, 0);
});

t.test('after a refused handshake nothing more is taken from the connection', async (t) => {
  let asked = 0;
  const url = await upstream(t, (_, res) => {
    asked += 1;
    res.end('plain');
  });
  const edge = await edgeFor(t, { upstream: url });
  const { all } = raw(
    t,
    edge.address.url,
    `${handshake()}${handshake()}GET / HTTP/1.1${CRLF}Host: a${CRLF}${CRLF}`,
  );
  t.equal((await all).match(/HTTP\/1.1/g)?.length, 1);
  t.equal(asked, 1);
});

t.test('a slow reader holds the service back: messages do not pile up', async (t) => {
  let written = 0;
  const total = 96 * 1024 * 1024;
  const server = createTcpServer((socket) => {
    socket
      .on('error', () => {})
      .once('data', () => {
        socket.write(
          `HTTP/1.1 101 X${CRLF}connection: upgrade${CRLF}upgrade: websocket${CRLF}${CRLF}`,
        );
        const chunk = Buffer.alloc(65_536);
        const pump = () => {
          while (written < total) {
            written += chunk.length;
            if (!socket.write(chunk)) return;
          }
        };
        socket.on('drain', pump);
        pump();
      });
  });
  const edge = await edgeFor(t, { upstream: await listen(t, server) });
  const { socket } = raw(t, edge.address.url, handshake());
  await new Promise((resolve) => socket.once('data', resolve));
  socket.pause();
  let before = -1;
  while (before !== written) {
    before = written;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  t.ok(written < total / 2, `${written} bytes were written into the buffers on the way`);
});

t.test('an end of one side passes as an end, and the other may go on', async (t) => {
  const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
    socket
      .on('error', () => {})
      .once('data', () => {
        socket.write(
          `HTTP/1.1 101 X${CRLF}connection: upgrade${CRLF}upgrade: websocket${CRLF}${CRLF}`,
        );
        socket.on('data', () => {}).on('end', () => socket.end('last words'));
      });
  });
  const edge = await edgeFor(t, { upstream: await listen(t, server) });
  const { socket, all } = raw(t, edge.address.url, handshake());
  await new Promise((resolve) => socket.once('data', resolve));
  socket.end('first');
  t.match(await all, /last words$/);
});

t.test('either side’s death is the other’s', async (t) => {
  const upstreams: Socket[] = [];
  const server = createServer();
  new WebSocketServer({ server }).on('connection', (_, { socket }) => upstreams.push(socket));
  const edge = await edgeFor(t, { upstream: await listen(t, server) });
  const one = open(t, edge).on('error', () => {});
  await until(() => upstreams.length === 1 && one.readyState === WebSocket.OPEN);
  upstreams[0]?.resetAndDestroy();
  await until(() => one.readyState === WebSocket.CLOSED);
  const two = open(t, edge).on('error', () => {});
  await until(() => upstreams.length === 2 && two.readyState === WebSocket.OPEN);
  two.terminate();
  await until(() => upstreams[1]?.destroyed === true && edge.stats().inFlight === 0);
});

t.test(
  'a silent one ends when both sides have been silent for as long as a body may',
  async (t) => {
    const timeouts = { connectMs: 20, headersMs: 20, bodyMs: 20 };
    const socket = open(t, await edgeOf(t, { timeouts })).on('error', () => {});
    await until(() => socket.readyState === WebSocket.CLOSED);
  },
);

t.test('an edge that closes ends them at once, not after the grace', async (t) => {
  const edge = await edgeOf(t, { graceMs: 60_000 });
  const socket = open(t, edge).on('error', () => {});
  await message(socket);
  await edge.close();
  await until(() => socket.readyState === WebSocket.CLOSED);
});

t.test('an upstream that changes the protocol unasked is broken', async (t) => {
  const server = createTcpServer((socket) => {
    socket
      .on('error', () => {})
      .once('data', () =>
        socket.write(`HTTP/1.1 101 X${CRLF}connection: upgrade${CRLF}upgrade: x${CRLF}${CRLF}`),
      );
  });
  const edge = await edgeFor(t, { upstream: await listen(t, server) });
  const { all } = raw(
    t,
    edge.address.url,
    `GET / HTTP/1.1${CRLF}Host: a${CRLF}Connection: close${CRLF}${CRLF}`,
  );
  t.match(await all, /^HTTP\/1.1 502 /);
});
