/** What the edge answers itself: what is too much, what cannot be read, upstreams that fail; and by which id it is found. */
import { once } from 'node:events';
import { connect as connect2 } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import * as grpc from '@grpc/grpc-js';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { prefersText } from '../src/answer/refusal-answer.ts';
import type { Edge, EdgeOptions } from '../src/index.ts';
import { curl, edgeFor, raw, twoVersions, until, upstream } from './helpers.ts';

const CRLF = '\r\n';
const H2 = '--http2-prior-knowledge';
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const DEAD = 'http://127.0.0.1:1';

interface Told {
  readonly status: number;
  readonly code: string | undefined;
  readonly id: string | undefined;
}

/** An edge, and what its log is told. */
async function told(t: Test, options: Partial<EdgeOptions> = {}) {
  const log: Told[] = [];
  const note = (status: number, { code, id }: { code?: string; id?: string } = {}) =>
    log.push({ status, code, id });
  const edge = await twoVersions(t, {
    ...options,
    onServed: ({ status, refused }) => note(status, refused),
    onUnreadable: ({ refused }) => note(refused.status, refused),
  });
  return { edge, log };
}

const idOf = (answer: string) => /^tinct-error-id: (.*)\r$/im.exec(answer)?.[1];

const cases: readonly [what: string, request: string, status: number, code: string][] = [
  [
    'a target that is too long',
    `GET /${'x'.repeat(300)} HTTP/1.1|Host: a`,
    414,
    'TINCT_EDGE_TARGET_TOO_LONG',
  ],
  [
    'a body that is too large',
    'POST / HTTP/1.1|Host: a|Content-Length: 501',
    413,
    'TINCT_EDGE_BODY_TOO_LARGE',
  ],
  [
    'a head that is too large',
    `GET / HTTP/1.1|Host: a|X-A: ${'x'.repeat(3000)}`,
    431,
    'TINCT_EDGE_HEAD_TOO_LARGE',
  ],
  ['no Host', 'GET / HTTP/1.1', 400, 'TINCT_EDGE_REQUEST_MALFORMED'],
  ['no HTTP', 'HELO there', 400, 'TINCT_EDGE_REQUEST_MALFORMED'],
  [
    'two framings',
    'POST / HTTP/1.1|Host: a|Content-Length: 1|Transfer-Encoding: chunked',
    400,
    'TINCT_EDGE_REQUEST_MALFORMED',
  ],
  [
    'a coding that nobody knows',
    'POST / HTTP/1.1|Host: a|Transfer-Encoding: xchunked',
    400,
    'TINCT_EDGE_REQUEST_MALFORMED',
  ],
  ['CONNECT', 'CONNECT a:1 HTTP/1.1|Host: a:1', 501, 'TINCT_EDGE_METHOD_REFUSED'],
  ['TRACE', 'TRACE / HTTP/1.1|Host: a', 501, 'TINCT_EDGE_METHOD_REFUSED'],
];
const limits = { targetBytes: 200, bodyBytes: 500, headerBytes: 2000 };
for (const [what, request, status, code] of cases)
  t.test(`${what}: ${status}, with an id that the log has too; the connection ends`, async (t) => {
    const { edge, log } = await told(t, { limits });
    const answer = await raw(t, edge.address.url, request.replaceAll('|', CRLF) + CRLF + CRLF).all;
    t.match(answer, new RegExp(`^HTTP/1.1 ${status} `));
    t.match(answer, /\r\nconnection: close\r\n/i);
    const id = idOf(answer) ?? '';
    t.match(id, ID);
    const body = JSON.parse(answer.slice(answer.indexOf('{')));
    t.match(body, { status, code, instance: `urn:uuid:${id}` });
    t.same(log, [{ status, code, id }]);
    t.match(edge.stats(), { requests: 0, refused: 1 });
  });

t.test('the same by HTTP/2', async (t) => {
  const { edge, log } = await told(t, { limits: { ...limits, headerBytes: 1024 } });
  const asks = [
    [[`${edge.address.url}/${'x'.repeat(300)}`], 414],
    [['-d', 'x'.repeat(501), edge.address.url], 413],
    [['-H', `x-a: ${'x'.repeat(1100)}`, edge.address.url], 431],
  ] as const;
  for (const [args, status] of asks) {
    const { out } = await curl(H2, '-D-', ...args);
    t.match(out, new RegExp(`^HTTP/2 ${status} `));
    t.equal(log.at(-1)?.status, status);
    t.equal(idOf(out), log.at(-1)?.id);
    t.match(out, `urn:uuid:${log.at(-1)?.id}`);
  }
});

t.test('a slow head gets 408 with its id', async (t) => {
  const { edge, log } = await told(t, { timeouts: { headMs: 60 } });
  const answer = await raw(t, edge.address.url, `GET / HTTP/1.1${CRLF}Host: `).all;
  t.match(answer, /^HTTP\/1.1 408 [\s\S]*TINCT_EDGE_HEAD_SLOW/);
  t.same(log, [{ status: 408, code: 'TINCT_EDGE_HEAD_SLOW', id: idOf(answer) }]);
});

t.test('what is within the limits passes', async (t) => {
  const { edge } = await told(t, { limits });
  const { out } = await curl('-d', 'x'.repeat(500), `${edge.address.url}/${'x'.repeat(199)}`);
  t.match(JSON.parse(out), { body: 'x'.repeat(500) });
});

t.test('a client that is still sending reads why it is not wanted', async (t) => {
  const { edge } = await told(t, { limits });
  const head = `POST / HTTP/1.1${CRLF}Host: a${CRLF}Content-Length: 1000000${CRLF}${CRLF}`;
  const { socket, all } = raw(t, edge.address.url, head + 'x'.repeat(1000));
  await once(socket, 'data');
  socket.end('x'.repeat(999_000));
  t.match(await all, /^HTTP\/1.1 413 [\s\S]*TINCT_EDGE_BODY_TOO_LARGE/);
});

/** A request by HTTP/2 that is answered before its body goes out: its stream, and the answer. */
async function early(t: Test) {
  const { edge } = await told(t, { limits });
  const session = connect2(edge.address.url);
  t.teardown(() => session.destroy());
  const stream = session.request({ ':method': 'POST', 'content-length': '501' });
  let aborted = false;
  stream.on('aborted', () => {
    aborted = true;
  });
  const [head] = await once(stream, 'response');
  stream.resume();
  await once(stream, 'end');
  t.equal(head[':status'], 413);
  return { session, stream, wasAborted: () => aborted };
}

t.test(
  'a client of HTTP/2 that sends its body behind the whole answer is not cut off',
  async (t) => {
    const { session, stream, wasAborted } = await early(t);
    // curl 7.88 drops an answer whose stream is reset before its own body is out.
    await once(session.request().resume(), 'end');
    t.notOk(wasAborted());
    stream.end('x'.repeat(501));
    await once(stream, 'close');
  },
);

t.test('a client of HTTP/2 that goes on sending is cut off in the end', async (t) => {
  const { stream, wasAborted } = await early(t);
  await once(stream, 'close');
  t.ok(wasAborted());
  t.equal(stream.rstCode, 0);
});

/** A service that says how each request ended. */
async function counting(t: Test) {
  const ends: string[] = [];
  const url = await upstream(t, (req, res) => {
    req
      .resume()
      .on('end', () => ends.push(`whole ${req.url}`))
      .on('error', () => ends.push(`broken ${req.url}`));
    req.on('end', () => res.end('ok'));
  });
  return { url, ends };
}

t.test(
  'a body in chunks is counted as it comes: 413, and the service never sees its end',
  async (t) => {
    const { url, ends } = await counting(t);
    const { edge, log } = await told(t, { limits, upstream: url, direct: {} });
    const chunk = `12c${CRLF}${'x'.repeat(300)}${CRLF}`;
    const head = `POST / HTTP/1.1${CRLF}Host: a${CRLF}Transfer-Encoding: chunked${CRLF}${CRLF}`;
    const smuggled = `0${CRLF}${CRLF}GET /admin HTTP/1.1${CRLF}Host: a${CRLF}${CRLF}`;
    for (const pieces of [[chunk + chunk + smuggled], [chunk, chunk, smuggled]]) {
      const { socket, all } = raw(t, edge.address.url, head);
      for (const piece of pieces) {
        socket.write(piece);
        await sleep(5);
      }
      const answer = await all;
      t.match(answer, /^HTTP\/1.1 413 /);
      t.equal(answer.match(/HTTP\/1.1/g)?.length, 1, 'what comes behind it is no request');
    }
    const tooLarge = () => log.filter(({ status }) => status === 413);
    await until(() => tooLarge().length === 2);
    t.notOk(ends.includes('whole /'));
  },
);

t.test('the same by HTTP/2 in, and to a service of HTTP/2', async (t) => {
  const { url } = await counting(t);
  const { edge } = await told(t, { limits, upstream: url, direct: {} });
  const session = connect2(edge.address.url);
  t.teardown(() => session.destroy());
  const stream = session.request({ ':method': 'POST', ':path': '/' });
  stream.on('error', () => {});
  stream.write('x'.repeat(400));
  await sleep(5);
  stream.write('x'.repeat(400));
  const [headers] = await once(stream, 'response');
  t.equal(headers[':status'], 413);
});

t.test('each failure of an upstream has its id; the reason stands in the log alone', async (t) => {
  const causes: string[] = [];
  const edge = await edgeFor(t, {
    upstream: DEAD,
    onServed: ({ outcome, refused }) => causes.push(`${refused?.id} ${outcome?.cause?.message}`),
  });
  const { out } = await curl('-D-', edge.address.url);
  t.same(causes, [`${idOf(out)} no connection to the upstream`]);
});

t.test('text for those who would rather read it, JSON for everyone else', async (t) => {
  const edge = await edgeFor(t, { upstream: DEAD });
  const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
  for (const flag of ['--http1.1', H2])
    for (const [accept, type] of [
      [browser, 'text/plain; charset=utf-8'],
      ['text/plain', 'text/plain; charset=utf-8'],
      ['application/json', 'application/problem+json'],
      ['*/*', 'application/problem+json'],
      ['', 'application/problem+json'],
    ] as const) {
      const { out } = await curl(flag, '-D-', '-H', `accept: ${accept}`, edge.address.url);
      t.match(out, new RegExp(`content-type: ${type.replace('+', '\\+')}\r`), accept);
      t.match(out, /TINCT_EDGE_UPSTREAM_UNREACHABLE/);
      t.match(out.slice(out.indexOf('\r\n\r\n')), idOf(out));
    }
  const { out } = await curl('-I', edge.address.url);
  t.match(out, /^HTTP\/1.1 503 [\s\S]*tinct-error-id: [\s\S]*\r\n\r\n$/);
  const { out: head } = await curl(H2, '-I', edge.address.url);
  t.match(head, /^HTTP\/2 503 [\s\S]*tinct-error-id: [\s\S]*\r\n\r\n$/);
});

t.test('what may stand in Accept (1,000 cases of anything) never throws', async (t) => {
  const word = fc.constantFrom(
    'text/html',
    'text/*',
    '*/*',
    ';q=',
    '0.5',
    '1',
    ',',
    ';',
    ' ',
    'x',
    '"',
  );
  const anything = fc.oneof(
    fc.string(),
    fc.array(word).map((words) => words.join('')),
  );
  fc.assert(
    fc.property(anything, (text) => typeof prefersText(text) === 'boolean'),
    { numRuns: 1000 },
  );
  const yes = [
    'text/plain',
    'TEXT/HTML',
    'text/*;q=0.9, */*;q=0.8',
    'application/json;q=0, text/plain;q=0.1',
  ];
  const no = ['', '*/*', 'text/html;q=0.5, application/json', 'text/plain;q=0', 'image/png'];
  t.same([...yes, ...no].map(prefersText), [...yes.map(() => true), ...no.map(() => false)]);
});

const identity = (bytes: Buffer): Buffer => bytes;

/** One unary call. */
function call(t: Test, edge: Edge, message: Buffer): Promise<grpc.ServiceError> {
  const credentials = grpc.credentials.createInsecure();
  const client = new grpc.Client(`127.0.0.1:${edge.address.port}`, credentials);
  t.teardown(() => client.close());
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest('/test.Echo/Say', identity, identity, message, (error) => {
      if (error === null) reject(new Error('it was answered'));
      else resolve(error);
    });
  });
}

t.test('a gRPC client gets a status with code, reason and id', async (t) => {
  const dead = await edgeFor(t, { upstream: DEAD.replace('http:', 'h2c:') });
  const failed = await call(t, dead, Buffer.alloc(9));
  t.match(failed, { code: grpc.status.UNAVAILABLE, details: /^TINCT_EDGE_UPSTREAM_UNREACHABLE: / });
  t.match(`${failed.metadata.get('tinct-error-id')}`, ID);
  const { url } = await counting(t);
  const { edge } = await told(t, { limits: { bodyBytes: 50 }, upstream: url, direct: {} });
  t.match(await call(t, edge, Buffer.alloc(99)), {
    code: grpc.status.RESOURCE_EXHAUSTED,
    details: /^TINCT_EDGE_BODY_TOO_LARGE: /,
  });
});

t.test(
  'a client of HTTP/2 may open as many streams, and reset as many, as the limits say',
  async (t) => {
    let inFlight = 0;
    const url = await upstream(t, () => {
      inFlight += 1;
    });
    const edge = await edgeFor(t, { upstream: url, limits: { streams: 3, resets: 2 } });
    const session = connect2(edge.address.url);
    session.on('error', () => {});
    t.teardown(() => session.destroy());
    await once(session, 'remoteSettings');
    t.equal(session.remoteSettings.maxConcurrentStreams, 3);
    for (let i = 0; i < 6; i += 1) session.request({ ':path': '/' }).on('error', () => {});
    await until(() => inFlight === 3);
    t.equal(inFlight, 3, 'the others wait at the client');
    session.destroy();
    const other = connect2(edge.address.url);
    other.on('error', () => {});
    t.teardown(() => other.destroy());
    const closed = new Promise((resolve) => other.once('close', resolve));
    const reset = setInterval(() => {
      if (!other.closed && !other.destroyed)
        other
          .request({ ':path': '/' })
          .on('error', () => {})
          .close(8);
    }, 1);
    await closed;
    clearInterval(reset);
    t.pass('more resets than that end the connection');
  },
);
