import { createServer as createHttpServer } from 'node:http';
import { createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { Pool } from 'undici';
import type { Control, ResponseHandler } from '../src/forward/client/contract.ts';
import { ResponseParser } from '../src/forward/client/parser.ts';
import { Http1Pool } from '../src/forward/client/pool.ts';
import { curl, edgeFor, listen, raw, until, upstream } from './helpers.ts';

const CRLF = '\r\n';

/** What a client made of an answer. */
interface Got {
  status: number;
  headers: string[];
  body: string;
  trailers: string[];
  error: boolean;
  started: boolean;
}

const timeouts = { connectMs: 5000, headersMs: 5000, bodyMs: 5000 };
type Client = Pick<Http1Pool, 'dispatch'>;

const text = (parts: unknown): string[] =>
  (parts as (Buffer | string)[] | null)?.map((part) =>
    typeof part === 'string' ? part : part.toString('latin1'),
  ) ?? [];

function ask(client: Client, method = 'GET'): Promise<Got> {
  const got: Got = { status: 0, headers: [], body: '', trailers: [], error: false, started: false };
  return new Promise((resolve) => {
    const handler: ResponseHandler = {
      onRequestStart() {},
      onResponseStarted() {
        got.started = true;
      },
      onResponseStart(control: Control, status: number) {
        if (status < 200) return;
        got.status = status;
        got.headers = text(control.rawHeaders);
      },
      onResponseData(_, chunk) {
        got.body += chunk.toString('latin1');
      },
      onResponseEnd(control: Control) {
        got.trailers = text(control.rawTrailers);
        resolve(got);
      },
      onResponseError() {
        got.error = true;
        resolve(got);
      },
    };
    client.dispatch({ method, path: '/', headers: ['host', 'a'], body: null }, handler);
  });
}

/** An upstream that says the same to everyone, in pieces, and closes after it. */
const saying = (t: Test, pieces: readonly string[]): Promise<string> =>
  listen(
    t,
    createServer((socket: Socket) => {
      socket.on('error', () => {});
      socket.once('data', async () => {
        for (const piece of pieces)
          await new Promise((resolve) => socket.write(piece, 'latin1', resolve));
        socket.end();
      });
    }),
  );

function clientOf(t: Test, url: string): Http1Pool {
  const client = new Http1Pool(url, timeouts);
  t.teardown(() => client.destroy());
  return client;
}

const head = (...lines: string[]) => ['HTTP/1.1 200 OK', ...lines].join(CRLF) + CRLF + CRLF;
const chunked = head('transfer-encoding: chunked');

const malformed: readonly (readonly [what: string, answer: string])[] = [
  ['a length and chunks', head('content-length: 2', 'transfer-encoding: chunked')],
  ['two lengths', head('content-length: 2', 'content-length: 2')],
  ['a list of lengths', head('content-length: 2, 2')],
  ['a negative length', head('content-length: -1')],
  ['a length with a sign', head('content-length: +1')],
  ['a hexadecimal length', head('content-length: 0x1')],
  ['two codings', head('transfer-encoding: chunked', 'transfer-encoding: chunked')],
  ['another coding', head('transfer-encoding: gzip, chunked')],
  ['chunked not last', head('transfer-encoding: chunked, identity')],
  [
    'chunks of HTTP/1.0',
    `HTTP/1.0 200 OK${CRLF}transfer-encoding: chunked${CRLF}${CRLF}0${CRLF}${CRLF}`,
  ],
  ['obs-fold', head('x-a: 1', ' x-b: 2')],
  ['a space before the colon', head('content-length : 2')],
  ['a header without colon', head('content-length')],
  ['a header without name', head(': 2')],
  ['a bare LF in a header', head('x-a: 1\nx-b: 2')],
  ['a bare CR in a header', head('x-a: 1\rx-b: 2')],
  ['NUL in a header', head('x-a: \0')],
  ['lines that end with LF', 'HTTP/1.1 200 OK\ncontent-length: 0\n\n'],
  ['another version', `HTTP/2.0 200 OK${CRLF}${CRLF}`],
  ['a status of two digits', `HTTP/1.1 20 OK${CRLF}${CRLF}`],
  ['no status', `HTTP/1.1 OK${CRLF}${CRLF}`],
  ['a protocol that nobody asked for', `HTTP/1.1 101 X${CRLF}upgrade: x${CRLF}${CRLF}`],
  ['a chunk size with a sign', `${chunked}+2${CRLF}ok${CRLF}0${CRLF}${CRLF}`],
  ['a chunk size with 0x', `${chunked}0x2${CRLF}ok${CRLF}0${CRLF}${CRLF}`],
  ['a chunk size with a space before', `${chunked} 2${CRLF}ok${CRLF}0${CRLF}${CRLF}`],
  ['an empty chunk size', `${chunked}${CRLF}ok${CRLF}0${CRLF}${CRLF}`],
  ['a chunk size beyond all numbers', `${chunked}${'f'.repeat(14)}${CRLF}ok`],
  ['a chunk size that ends with LF', `${chunked}2\nok${CRLF}0${CRLF}${CRLF}`],
  ['a chunk that is longer than its size', `${chunked}2${CRLF}okay${CRLF}0${CRLF}${CRLF}`],
  ['a trailer without colon', `${chunked}0${CRLF}x${CRLF}${CRLF}`],
  ['too large a head', head(`x-a: ${'y'.repeat(70_000)}`)],
  ['too long a chunk extension', `${chunked}2;${'y'.repeat(5000)}${CRLF}ok${CRLF}`],
];
for (const [what, answer] of malformed)
  t.test(`an answer with ${what} is none`, async (t) => {
    const got = await ask(clientOf(t, await saying(t, [answer])));
    t.match(got, { error: true });
  });

const fields = fc.constantFrom('X-A: 1', 'x-a:2', 'X-B: \xe9 z', 'set-cookie: a=1', 'X-Empty:');
const bytes = fc.string({
  unit: fc.constantFrom('a', '\r', '\n', '\0', '\xff', '0'),
  maxLength: 40,
});
const valid = fc
  .record({
    method: fc.constantFrom('GET', 'HEAD'),
    status: fc.constantFrom(200, 204, 299, 304, 404, 500),
    reason: fc.constantFrom('OK', '', 'Sort Of'),
    headers: fc.array(fields, { maxLength: 4 }),
    body: bytes,
    framing: fc.constantFrom('length', 'chunked', 'close'),
    chunk: fc.integer({ min: 1, max: 9 }),
    trailers: fc.array(fc.constantFrom('x-sum: 1', 'X-T:  2'), { maxLength: 2 }),
    hint: fc.boolean(),
  })
  .map(({ method, status, reason, headers, body, framing, chunk, trailers, hint }) => {
    const bodiless = method === 'HEAD' || status === 204 || status === 304;
    const said = {
      length: [`Content-Length: ${body.length}`],
      chunked: ['Transfer-Encoding: chunked'],
      close: ['Connection: close'],
    }[framing];
    const parts = body.match(new RegExp(`[^]{1,${chunk}}`, 'g')) ?? [];
    const chunks = parts.map((part) => `${part.length.toString(16)}${CRLF}${part}${CRLF}`).join('');
    const last = `0${CRLF}${trailers.map((trailer) => trailer + CRLF).join('')}${CRLF}`;
    const sent = bodiless ? '' : framing === 'chunked' ? chunks + last : body;
    const top = `HTTP/1.1 ${status} ${reason}${CRLF}`;
    const lines =
      status === 204 ? [...headers, 'Connection: close'] : [...headers, ...(said ?? [])];
    const early = hint ? `HTTP/1.1 103 Early Hints${CRLF}link: </a>${CRLF}${CRLF}` : '';
    return {
      method,
      answer: early + top + lines.map((line) => line + CRLF).join('') + CRLF + sent,
    };
  });

t.test('valid answers read as undici reads them, however they are cut', async (t) => {
  let [answer, cuts]: [string, number[]] = ['', []];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', async () => {
      const [said, at] = [answer, [...cuts, answer.length]];
      let from = 0;
      for (const to of at) {
        await new Promise((resolve) => socket.write(said.slice(from, to), 'latin1', resolve));
        from = to;
      }
      socket.end();
    });
  }).on('connection', (socket) => socket.setNoDelay(true));
  const url = await listen(t, server);
  const ours = clientOf(t, url);
  const theirs = new Pool(url, { pipelining: 1 });
  t.teardown(() => theirs.destroy());
  await fc.assert(
    fc.asyncProperty(
      valid,
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }),
      async (given, at) => {
        answer = given.answer;
        cuts = at.map((part) => Math.floor(part * answer.length)).sort((a, b) => a - b);
        const got = await ask(ours, given.method);
        const expected = await ask(theirs as unknown as Client, given.method);
        return JSON.stringify(got) === JSON.stringify(expected);
      },
    ),
    { numRuns: 300 },
  );
});

t.test(
  'the parser: whatever comes, it ends, throws or waits; cuts and memory that is used again change nothing',
  async () => {
    const soup = fc.array(
      fc.oneof(
        fc.constantFrom(
          'HTTP/1.1 200 OK\r\n',
          'content-length: 3\r\n',
          'transfer-encoding: chunked\r\n',
          '\r\n',
          'abc',
          '3\r\n',
          '0\r\n\r\n',
          'x: y\r\n',
          '\n',
          '\r',
          '\0',
          ';a',
          'HTTP/1.1 103 x\r\n',
        ),
        fc.string({ maxLength: 6 }),
      ),
      { maxLength: 14 },
    );
    // Shared memory holds something else as soon as a piece of it is read.
    const shared = Buffer.alloc(4096);
    const executeShared = (parser: ResponseParser, piece: string) => {
      const bytes = shared.write(piece, 'latin1');
      try {
        parser.executeShared(shared, bytes);
      } finally {
        shared.fill('?');
      }
    };
    const execute = (parser: ResponseParser, piece: string) =>
      parser.execute(Buffer.from(piece, 'latin1'));
    const read = (pieces: readonly string[], takes = execute): string => {
      let log = '';
      const parser = new ResponseParser({
        onHead: ({ status, headers }) => {
          log += `[${status} ${headers.join('|')}]`;
          return true;
        },
        onData: (chunk) => {
          log += chunk.toString('latin1');
        },
        onText: (text) => {
          log += text;
        },
        onEnd: (trailers) => {
          log += `<${trailers.join('|')}>`;
        },
      });
      try {
        for (const piece of pieces) takes(parser, piece);
      } catch {
        return `${log}!`;
      }
      return log;
    };
    fc.assert(
      fc.property(soup, (pieces) => {
        const all = pieces.join('');
        const [whole, cut, byBytes] = [read([all]), read(pieces), read([...all])];
        const [wholeShared, cutShared] = [read([all], executeShared), read(pieces, executeShared)];
        const isSame = whole === wholeShared && whole === cutShared;
        return whole === cut && whole === byBytes && isSame;
      }),
      { numRuns: 5000 },
    );
  },
);

t.test('HEAD, 204 and 304 leave the connection to the next request', async (t) => {
  let connections = 0;
  const server = createHttpServer((req, res) => {
    res.writeHead(req.method === 'HEAD' ? 200 : Number(req.headers['x-status'] ?? 204)).end();
  }).on('connection', () => {
    connections += 1;
  });
  const client = clientOf(t, await listen(t, server));
  for (const method of ['HEAD', 'GET', 'HEAD', 'DELETE']) await ask(client, method);
  t.equal(connections, 1);
});

t.test('bytes after an answer are no answer to the next request', async (t) => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    const poison = `HTTP/1.1 200 OK${CRLF}content-length: 4${CRLF}${CRLF}evil`;
    socket.on('error', () => {}).on('data', () => socket.write(head('content-length: 0') + poison));
  });
  const client = clientOf(t, await listen(t, server));
  for (let i = 0; i < 3; i += 1) t.match(await ask(client), { status: 200, body: '' });
  t.equal(connections, 3);
});

t.test('an answer that is whole reaches the client, though bytes come behind it', async (t) => {
  const poison = `HTTP/1.1 200 OK${CRLF}content-length: 4${CRLF}${CRLF}evil`;
  const server = createServer((socket) => {
    const answer = `${head('content-length: 2')}ok${poison}`;
    socket.on('error', () => {}).on('data', () => socket.write(answer));
  });
  const edge = await edgeFor(t, { upstream: await listen(t, server) });
  for (let i = 0; i < 3; i += 1) t.strictSame(await curl(edge.address.url), { exit: 0, out: 'ok' });
});

t.test('a service closed all its idle connections: the second try takes a new one', async (t) => {
  let asked = 0;
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const server = createServer((socket) => {
    let isUsed = false;
    socket
      .on('error', () => {})
      .on('data', async () => {
        if (isUsed) return void socket.end();
        isUsed = true;
        asked += 1;
        if (asked === 3) release();
        await held;
        socket.write(`${head('content-length: 2')}ok`);
      });
  });
  const edge = await edgeFor(t, { upstream: await listen(t, server) });
  const together = [1, 2, 3].map(() => curl(edge.address.url));
  t.match(await Promise.all(together), [{ out: 'ok' }, { out: 'ok' }, { out: 'ok' }]);
  t.strictSame(await curl(edge.address.url), { exit: 0, out: 'ok' });
  t.equal(asked, 4);
});

t.test('100 Continue that nobody asked for is not in the way', async (t) => {
  const url = await saying(t, [
    `HTTP/1.1 100 Continue${CRLF}${CRLF}`,
    head('content-length: 2'),
    'ok',
  ]);
  const edge = await edgeFor(t, { upstream: url });
  t.match((await curl('-D-', edge.address.url)).out, /^HTTP\/1.1 200 OK[\s\S]*ok$/);
});

const trailing = (...trailers: string[]) =>
  [
    'POST / HTTP/1.1',
    'Host: a',
    'Connection: close, TE',
    'TE: trailers',
    'Trailer: x-sum',
    'Transfer-Encoding: chunked',
    '',
    '2',
    'ok',
    '0',
    ...trailers,
    '',
    '',
  ].join(CRLF);

t.test('trailers of a request reach the service, without what claims to be Tinct’s', async (t) => {
  const got: { trailers: string[]; te: string }[] = [];
  const url = await upstream(t, (req, res) => {
    req.resume().on('end', () => {
      got.push({ trailers: req.rawTrailers, te: `${req.headers['te']}` });
      res.end();
    });
  });
  const edge = await edgeFor(t, { upstream: url });
  const forged = [
    'x-tinct-my-service: v2',
    'X_Tinct_Decision: a',
    'baggage: tinct.my-service=v2',
    'cookie: a=1',
  ];
  await raw(t, edge.address.url, trailing('X-Sum: 42', ...forged)).all;
  await until(() => got.length === 1);
  t.same(got, [{ trailers: ['X-Sum', '42'], te: 'trailers' }]);
});
