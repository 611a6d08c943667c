/** WebSockets on streams of HTTP/2 (RFC 8441), to services that know HTTP/1.1. */
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  createServer as createHttp2Server,
  type IncomingHttpHeaders,
} from 'node:http2';
import { createServer as createTcpServer, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { WebSocketServer } from 'ws';
import type { Edge, EdgeOptions } from '../src/index.ts';
import { get, request, speak, TYPE } from './frames.ts';
import { edgeFor, listen, until, upstream } from './helpers.ts';

/** A service that sends back what comes, first its own name and what it saw of the handshake. */
function service(version: string): Server {
  const server = createServer((_, res) => void res.end('plain'));
  const sockets = new WebSocketServer({ server });
  sockets.on('headers', (headers) => headers.push('x-tinct-served: v9', 'x-mine: 1'));
  sockets.on('connection', (socket, req) => {
    const { rawHeaders: raw, url, method } = req;
    socket.send(JSON.stringify({ version, raw, url, method }));
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  return server;
}

async function edgeOf(t: Test, options: Partial<EdgeOptions> = {}): Promise<Edge> {
  const [v1, v2] = [await listen(t, service('v1')), await listen(t, service('v2'))];
  return edgeFor(t, { upstream: v1, direct: { 'my-service': { v1, v2 } }, ...options });
}

async function sessionTo(t: Test, edge: Edge): Promise<ClientHttp2Session> {
  const session = connect(edge.address.url).on('error', () => {});
  t.teardown(() => session.destroy());
  await new Promise((resolve) => session.once('remoteSettings', resolve));
  return session;
}

const HANDSHAKE = {
  ':method': 'CONNECT',
  ':protocol': 'websocket',
  ':path': '/chat?a=b',
  'sec-websocket-version': '13',
};

/** A message in a frame as clients send it (RFC 6455, 5.2). */
function masked(text: string): Buffer {
  const payload = Buffer.from(text);
  const mask = randomBytes(4);
  const length = Buffer.alloc(3);
  length.writeUInt8(0x80 | 126);
  length.writeUInt16BE(payload.length, 1);
  const hidden = payload.map((byte, i) => byte ^ (mask[i % 4] as number));
  return Buffer.concat([Buffer.from([0x81]), length, mask, hidden]);
}

/** Messages out of frames as services send them. */
function messagesIn(bytes: Buffer): string[] {
  const found: string[] = [];
  for (let rest = bytes; rest.length >= 4; ) {
    const short = (rest[1] as number) & 127;
    const [start, length] = short < 126 ? [2, short] : [4, rest.readUInt16BE(2)];
    found.push(rest.toString('utf8', start, start + length));
    rest = rest.subarray(start + length);
  }
  return found;
}

interface Opened {
  readonly stream: ClientHttp2Stream;
  readonly head: IncomingHttpHeaders;
  readonly bytes: () => Buffer;
  readonly ended: () => boolean;
  readonly closed: () => boolean;
}

async function open(
  session: ClientHttp2Session,
  headers: Record<string, string | string[]> = {},
): Promise<Opened> {
  const stream = session.request({ ...HANDSHAKE, ...headers }, { endStream: false });
  const chunks: Buffer[] = [];
  let [ended, closed] = [false, false];
  stream
    .on('data', (chunk: Buffer) => chunks.push(chunk))
    .on('end', () => {
      ended = true;
    })
    .on('error', () => {})
    .on('close', () => {
      closed = true;
    });
  const head = await new Promise<IncomingHttpHeaders>((resolve) => {
    stream.on('response', resolve).on('close', () => resolve({}));
  });
  const bytes = () => Buffer.concat(chunks);
  return { stream, head, bytes, ended: () => ended, closed: () => closed };
}

/** What a service saw of a handshake, which is its first message. */
async function seenIn({ bytes }: Opened) {
  const parsed = () => {
    try {
      return JSON.parse(messagesIn(bytes())[0] ?? '');
    } catch {
      return undefined;
    }
  };
  await until(() => parsed() !== undefined);
  return parsed() as { version: string; raw: string[]; url: string; method: string };
}

const valuesIn = (raw: string[], name: string) =>
  raw.filter((_, i) => i % 2 === 1 && raw[i - 1]?.toLowerCase() === name);

t.test(
  'a WebSocket by HTTP/2 goes to the decided version, colored, as a handshake of HTTP/1.1',
  async (t) => {
    const edge = await edgeOf(t);
    const session = await sessionTo(t, edge);
    t.equal(session.remoteSettings.enableConnectProtocol, true, 'clients are told that they may');
    for (const [user, version] of [
      ['123', 'v2'],
      ['124', 'v1'],
    ] as const) {
      const opened = await open(session, { 'user-id': user, 'sec-websocket-key': 'mine' });
      t.match(opened.head, { ':status': 200, 'x-mine': '1' });
      for (const name of ['sec-websocket-accept', 'x-tinct-served', 'upgrade', 'connection'])
        t.notOk(name in opened.head, name);
      const { raw, ...seen } = await seenIn(opened);
      t.same(seen, { version, url: '/chat?a=b', method: 'GET' });
      t.same(valuesIn(raw, 'x-tinct-my-service'), [version]);
      t.same(valuesIn(raw, 'host'), [new URL(edge.address.url).host]);
      t.same(valuesIn(raw, 'upgrade'), ['websocket']);
      const keys = valuesIn(raw, 'sec-websocket-key');
      t.equal(Buffer.from(keys[0] ?? '', 'base64').length, 16, 'the edge’s own key');
      t.equal(keys.length, 1);
      t.notOk(raw.some((part) => part.startsWith(':')));
      opened.stream.close();
    }
    await until(() => edge.stats().inFlight === 0);
    t.match(edge.stats(), { requests: 2, refused: 0 });
  },
);

t.test('messages pass both ways in order, beside other streams of the connection', async (t) => {
  const session = await sessionTo(t, await edgeOf(t));
  const [one, two] = [await open(session), await open(session, { 'user-id': '123' })];
  const sent = Array.from({ length: 30 }, (_, i) => `${i}:${'x'.repeat(200 + i * 1000)}`);
  for (const text of sent) {
    one.stream.write(masked(text));
    two.stream.write(masked(text));
  }
  for (const { bytes } of [one, two]) {
    await until(() => messagesIn(bytes()).at(-1) === sent.at(-1));
    t.same(messagesIn(bytes()).slice(1), sent);
  }
  let plain = '';
  for await (const chunk of session.request({ ':path': '/' }).setEncoding('utf8')) plain += chunk;
  t.equal(plain, 'plain');
});

/** A service that answers a handshake as a test says, and what becomes of its connection. */
async function answering(
  t: Test,
  answer: (req: IncomingMessage, socket: Socket) => void,
): Promise<{ url: string; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = createServer().on('upgrade', (req: IncomingMessage, socket: Socket) => {
    sockets.push(
      socket
        .on('error', () => {})
        .on('end', () => void socket.end())
        .resume(),
    );
    answer(req, socket);
  });
  return { url: await listen(t, server), sockets };
}

const switched = ({ headers }: IncomingMessage, ...more: string[]): string => {
  const key = `${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  const lines = ['connection: upgrade', 'upgrade: websocket', `sec-websocket-accept: ${accept}`];
  return ['HTTP/1.1 101 X', ...lines, ...more, '', ''].join('\r\n');
};

t.test('a handshake that the service refuses passes as the answer that it is', async (t) => {
  const { url } = await answering(t, (_, socket) => {
    socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 4\r\nx-why: me\r\n\r\nnope');
  });
  const opened = await open(await sessionTo(t, await edgeFor(t, { upstream: url })));
  t.match(opened.head, { ':status': 401, 'x-why': 'me' });
  await until(opened.closed);
  t.equal(`${opened.bytes()}`, 'nope');
  const plain = await edgeFor(t, { upstream: await upstream(t, (_, res) => void res.end('ok')) });
  t.match((await open(await sessionTo(t, plain))).head, { ':status': 200 });
  const dead = await edgeFor(t, { upstream: 'http://127.0.0.1:1' });
  t.match((await open(await sessionTo(t, dead))).head, { ':status': 503 });
});

const wrong: readonly [what: string, answer: (req: IncomingMessage) => string][] = [
  ['another key’s answer', (req) => switched({ ...req, headers: {} } as IncomingMessage)],
  ['two answers to the key', (req) => switched(req, 'sec-websocket-accept: x')],
  ['another protocol', (req) => switched(req).replace('upgrade: websocket', 'upgrade: h2c')],
  ['two protocols', (req) => switched(req, 'upgrade: h2c')],
];
for (const [what, answer] of wrong)
  t.test(`a 101 with ${what} is no answer: 502`, async (t) => {
    const { url, sockets } = await answering(t, (req, socket) => void socket.write(answer(req)));
    const opened = await open(await sessionTo(t, await edgeFor(t, { upstream: url })));
    t.match(opened.head, { ':status': 502 });
    await until(() => sockets[0]?.destroyed === true);
  });

t.test('a length in a 101 is none of the tunnel’s', async (t) => {
  const { url } = await answering(t, (req, socket) => {
    socket.write(`${switched(req, 'content-length: 3')}longer`);
  });
  const opened = await open(await sessionTo(t, await edgeFor(t, { upstream: url })));
  t.match(opened.head, { ':status': 200 });
  t.notOk('content-length' in opened.head);
  await until(() => `${opened.bytes()}` === 'longer');
});

t.test('an end of one side passes as an end, and the other may go on', async (t) => {
  const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
    socket
      .on('error', () => {})
      .once('data', (head: Buffer) => {
        const [, key] = /sec-websocket-key: (.*)\r/i.exec(`${head}`) ?? [];
        socket.write(
          switched({ headers: { 'sec-websocket-key': key } } as unknown as IncomingMessage),
        );
        socket.on('data', () => {}).on('end', () => socket.end('last words'));
      });
  });
  const session = await sessionTo(t, await edgeFor(t, { upstream: await listen(t, server) }));
  const { stream, bytes, ended } = await open(session);
  stream.end('first');
  await until(ended);
  t.equal(`${bytes()}`, 'last words');
});

t.test(
  'a service’s last words reach a client that reads late, though the service is gone',
  async (t) => {
    const words = Buffer.alloc(4 * 1024 * 1024, 'w');
    const { url, sockets } = await answering(t, (req, socket) => {
      socket.write(switched(req));
      socket.end(words);
    });
    const session = await sessionTo(t, await edgeFor(t, { upstream: url }));
    const stream = session.request(HANDSHAKE, { endStream: false });
    await new Promise((resolve) => stream.once('response', resolve));
    await until(() => sockets.length === 1);
    stream.end();
    let got = 0;
    for await (const chunk of stream) got += (chunk as Buffer).length;
    t.equal(got, words.length);
  },
);

t.test('either side’s death is the other’s, and the connection goes on', async (t) => {
  const { url, sockets } = await answering(t, (req, socket) => void socket.write(switched(req)));
  const edge = await edgeFor(t, { upstream: url });
  const session = await sessionTo(t, edge);
  const one = await open(session);
  sockets[0]?.resetAndDestroy();
  await until(one.closed);
  t.equal(one.stream.rstCode, 8, 'CANCEL, as RFC 8441 has it for a reset');
  const two = await open(session);
  two.stream.close(8);
  await until(() => sockets[1]?.destroyed === true && edge.stats().inFlight === 0);
  t.notOk(session.closed);
});

t.test(
  'a silent one ends when both sides have been silent for as long as a body may',
  async (t) => {
    const timeouts = { connectMs: 2000, headersMs: 2000, bodyMs: 20 };
    const { url } = await answering(t, (req, socket) => void socket.write(switched(req)));
    const opened = await open(await sessionTo(t, await edgeFor(t, { upstream: url, timeouts })));
    t.match(opened.head, { ':status': 200 });
    await until(opened.closed);
  },
);

t.test('an edge that closes says GOAWAY and ends them at once, not after the grace', async (t) => {
  const edge = await edgeOf(t, { graceMs: 600_000 });
  const session = await sessionTo(t, edge);
  const opened = await open(session);
  await seenIn(opened);
  let goneAway = false;
  session.on('goaway', () => {
    goneAway = true;
  });
  await edge.close();
  await until(() => opened.closed() && goneAway);
  t.ok(opened.ended());
});

t.test(
  'beyond limits.requests a WebSocket by HTTP/2 gets 503, and one that is open counts',
  async (t) => {
    const edge = await edgeOf(t, { limits: { requests: 1 } });
    const session = await sessionTo(t, edge);
    const first = await open(session);
    t.match(edge.stats(), { inFlight: 1 });
    const second = await open(session);
    t.match(second.head, { ':status': 503, 'retry-after': '1' });
    await until(second.closed);
    first.stream.close();
    await until(() => edge.stats().inFlight === 0);
    t.match((await open(session)).head, { ':status': 200 });
  },
);

t.test('a service that is spoken to in HTTP/2 has no WebSockets: 501', async (t) => {
  const edge = await edgeFor(t, { upstream: 'h2c://127.0.0.1:1' });
  const opened = await open(await sessionTo(t, edge));
  // Whether the service is there is known only when it is asked.
  t.match(opened.head, { ':status': 503 });
  const server = createHttp2Server();
  const url = (await listen(t, server)).replace('http:', 'h2c:');
  const other = await open(await sessionTo(t, await edgeFor(t, { upstream: url })));
  t.match(other.head, { ':status': 501 });
});

t.test('what is logged of one', async (t) => {
  const log: unknown[] = [];
  const edge = await edgeOf(t, {
    onServed: ({ exchange: { req }, status }) =>
      log.push([req.method, req.url, req.httpVersion, status]),
  });
  await open(await sessionTo(t, edge));
  await until(() => log.length === 1);
  t.same(log, [['GET', '/chat?a=b', '2.0', 101]]);
});

t.test('forged colors in an extended CONNECT change nothing', async (t) => {
  const session = await sessionTo(t, await edgeOf(t));
  const opened = await open(session, {
    'x-tinct-my-service': ['v2', 'v2'],
    x_tinct_my_service: 'v2',
    'x-tinct-decision': 'my-service=v2',
    baggage: 'tinct.my-service=v2',
    'user-id': '124',
  });
  const { version, raw } = await seenIn(opened);
  t.equal(version, 'v1');
  t.same(valuesIn(raw, 'x-tinct-my-service'), ['v1']);
  t.equal(raw.join('\n').match(/v2/g), null);
});

const extended = (changed: Record<string, string | undefined>, ...more: [string, string][]) => {
  const fields = [...get(), [':protocol', 'websocket'] as [string, string]].flatMap(
    ([name, value]): [string, string][] => {
      const text = name in changed ? changed[name] : value;
      return text === undefined ? [] : [[name, text]];
    },
  );
  return [...fields, ...more];
};
const CONNECT = { ':method': 'CONNECT' };

const tricks: readonly (readonly [attack: string, fields: [string, string][]])[] = [
  ['extended CONNECT to another protocol', extended({ ...CONNECT, ':protocol': 'connect-udp' })],
  ['extended CONNECT to HTTP', extended({ ...CONNECT, ':protocol': 'HTTP/1.1' })],
  ['extended CONNECT to no protocol', extended({ ...CONNECT, ':protocol': '' })],
  [
    'extended CONNECT to a protocol with a line break',
    extended({ ...CONNECT, ':protocol': 'websocket\r\nx: y' }),
  ],
  ['extended CONNECT without a path', extended({ ...CONNECT, ':path': undefined })],
  ['extended CONNECT without a scheme', extended({ ...CONNECT, ':scheme': undefined })],
  ['extended CONNECT without an authority', extended({ ...CONNECT, ':authority': undefined })],
  ['extended CONNECT with two protocols', extended(CONNECT, [':protocol', 'websocket'])],
  [
    'extended CONNECT with a second request line in its path',
    extended({ ...CONNECT, ':path': '/ HTTP/1.1\r\nx: y' }),
  ],
  ['extended CONNECT with another Host', extended(CONNECT, ['host', 'b'])],
  ['extended CONNECT with a length', extended(CONNECT, ['content-length', '5'])],
  ['extended CONNECT with Upgrade', extended(CONNECT, ['upgrade', 'websocket'])],
  ['extended CONNECT with Connection', extended(CONNECT, ['connection', 'upgrade'])],
  [':protocol on a GET', extended({})],
  [':protocol on a POST', extended({ ':method': 'POST' })],
  [
    'plain CONNECT',
    [
      [':method', 'CONNECT'],
      [':authority', 'a:80'],
    ],
  ],
];
for (const [attack, fields] of tricks)
  t.test(`${attack} reaches no service`, async (t) => {
    let reached = 0;
    const server = createServer(() => {
      reached += 1;
    }).on('upgrade', () => {
      reached += 1;
    });
    const edge = await edgeFor(t, { upstream: await listen(t, server) });
    const { frames, closed } = speak(t, edge.address.url, request(1, fields, 4));
    const ended = ({ type, stream }: { type: number; stream: number }) =>
      type === TYPE.goaway || type === TYPE.reset || (stream === 1 && type === TYPE.headers);
    await until(() => frames.some(ended) || closed());
    t.equal(reached, 0);
    t.equal(edge.stats().requests, 0);
  });

t.test('a CONNECT that is no WebSocket gets 501', async (t) => {
  const edge = await edgeOf(t);
  const session = await sessionTo(t, edge);
  t.match((await open(session, { ':protocol': 'connect-udp' })).head, { ':status': 501 });
  const plain = session.request(
    { ':method': 'CONNECT', ':authority': 'a:80' },
    { endStream: false },
  );
  const head = await new Promise<IncomingHttpHeaders>((resolve) => {
    plain.on('error', () => {}).on('response', resolve);
  });
  t.match(head, { ':status': 501 });
  t.match(edge.stats(), { requests: 0, refused: 2 });
});
