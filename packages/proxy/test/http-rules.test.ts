/** What RFC 9110 to 9113 ask of whoever stands in the middle, where no other test has it. The list is docs/http.md. */
import { connect, createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2';
import { createServer as createTcpServer } from 'node:net';
import t, { type Test } from 'tap';
import type { Edge } from '../src/index.ts';
import { get, hpack, request, speak, TYPE } from './frames.ts';
import {
  echo,
  edgeFor,
  listen,
  raw,
  type Seen,
  seen,
  twoVersions,
  until,
  upstream,
  valuesOf,
} from './helpers.ts';

const CRLF = '\r\n';

/** What an edge answers to lines and a body, on a connection of its own. */
function answerTo(t: Test, { address }: Edge, lines: readonly string[], body = '') {
  return raw(t, address.url, lines.join(CRLF) + CRLF + CRLF + body).all;
}

const seenIn = (answer: string) => JSON.parse(answer.slice(answer.indexOf('{'))) as Seen;

/** A service that says the same bytes to every request. */
const saying = (t: Test, answer: string): Promise<string> =>
  listen(
    t,
    createTcpServer((socket) => {
      socket.on('error', () => {}).on('data', () => void socket.write(answer, 'latin1'));
    }),
  );

async function answered(t: Test, answer: string, version = '1.1'): Promise<string> {
  const edge = await edgeFor(t, { upstream: await saying(t, answer) });
  return answerTo(t, edge, [`GET / HTTP/${version}`, 'Host: a', 'Connection: close']);
}

t.test('Max-Forwards of OPTIONS is counted down', async (t) => {
  const edge = await twoVersions(t);
  const request = await seen(edge, '-X', 'OPTIONS', '-H', 'Max-Forwards: 5');
  t.same(valuesOf(request, 'max-forwards'), ['4']);
  const other = await seen(edge, '-H', 'Max-Forwards: 5');
  t.same(valuesOf(other, 'max-forwards'), ['5'], 'of other methods it says nothing');
  const odd = await seen(edge, '-X', 'OPTIONS', '-H', 'Max-Forwards: many');
  t.same(valuesOf(odd, 'max-forwards'), ['many']);
});

t.test('an OPTIONS with Max-Forwards 0 ends here and reaches no service', async (t) => {
  let asked = 0;
  const url = await upstream(t, (_, res) => {
    asked += 1;
    res.end();
  });
  const edge = await edgeFor(t, { upstream: url });
  const lines = ['OPTIONS / HTTP/1.1', 'Host: a', 'Max-Forwards: 0', 'Connection: close'];
  t.match(await answerTo(t, edge, lines), /^HTTP\/1.1 204 /);
  t.equal(asked, 0);
  t.match(edge.stats(), { requests: 1 });
});

t.test(
  'an expectation that nobody knows is passed over, in the pipeline as every request',
  async (t) => {
    const edge = await twoVersions(t);
    const lines = ['POST / HTTP/1.1', 'Host: a', 'Expect: miracles', 'Connection: close'];
    const answer = await answerTo(t, edge, [...lines, 'Content-Length: 2'], 'ok');
    t.match(answer, /^HTTP\/1.1 200 /);
    t.match(seenIn(answer), { body: 'ok' });
    t.same(valuesOf(seenIn(answer), 'expect'), []);
    t.match(edge.stats(), { requests: 1 });
  },
);

t.test('HTTP/1.0: no 100 Continue, no Upgrade, no early hints, no chunks', async (t) => {
  const edge = await twoVersions(t);
  const old = ['Host: a', 'Expect: 100-continue', 'Content-Length: 2'];
  t.match(await answerTo(t, edge, ['POST / HTTP/1.0', ...old], 'ok'), /^HTTP\/1.1 200 /);
  const upgrade = ['Host: a', 'Connection: upgrade', 'Upgrade: websocket'];
  const answer = await answerTo(t, edge, ['GET / HTTP/1.0', ...upgrade]);
  t.match(answer, /^HTTP\/1.1 200 /, 'an Upgrade in HTTP/1.0 is ignored');
  t.same(valuesOf(seenIn(answer), 'upgrade'), []);
  const hinted = `HTTP/1.1 103 Early Hints${CRLF}Link: </a>${CRLF}${CRLF}HTTP/1.1 200 OK${CRLF}Transfer-Encoding: chunked${CRLF}${CRLF}2${CRLF}ok${CRLF}0${CRLF}${CRLF}`;
  const plain = await answered(t, hinted, '1.0');
  t.match(plain, /^HTTP\/1.1 200 OK[\s\S]*\r\n\r\nok$/);
  t.notMatch(plain, /103|chunked/);
});

const refused: readonly [what: string, lines: string[], body?: string][] = [
  ['chunks in HTTP/1.0', ['POST / HTTP/1.0', 'Host: a', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
  ['HTTP/2.0 in a request line', ['GET / HTTP/2.0', 'Host: a']],
  ['white space before the first header', ['GET / HTTP/1.1', ' X-A: b', 'Host: a']],
  ['a bare CR in a header', ['GET / HTTP/1.1', 'Host: a', 'X-A: b\rc']],
  ['a bare LF for a line', ['GET / HTTP/1.1\nHost: a']],
  ['a list of lengths', ['POST / HTTP/1.1', 'Host: a', 'Content-Length: 2, 2'], 'ok'],
  ['a length with a sign', ['POST / HTTP/1.1', 'Host: a', 'Content-Length: +2'], 'ok'],
  [
    'chunked before another coding',
    ['POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked, gzip'],
  ],
  ['chunked twice', ['POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked, chunked']],
];
for (const [what, lines, body] of refused)
  t.test(`${what}: 400, and the connection ends`, async (t) => {
    const edge = await twoVersions(t);
    const answer = await answerTo(t, edge, lines, body);
    t.match(answer, /^HTTP\/1.1 400 /);
    t.match(answer, /connection: close/i);
    t.equal(edge.stats().requests, 0);
  });

t.test(
  'a chunk size beyond all numbers ends the request, and no service sees a whole one',
  async (t) => {
    let whole = 0;
    const url = await upstream(t, (req) => {
      req
        .on('error', () => {})
        .on('end', () => {
          if (req.complete) whole += 1;
        });
      req.resume();
    });
    const edge = await edgeFor(t, { upstream: url });
    const lines = ['POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked'];
    const answer = await answerTo(
      t,
      edge,
      lines,
      `${'f'.repeat(17)}${CRLF}ok${CRLF}0${CRLF}${CRLF}`,
    );
    t.match(answer, /^HTTP\/1.1 400 |^$/);
    t.equal(whole, 0);
  },
);

t.test('chunk extensions end at this hop', async (t) => {
  const edge = await twoVersions(t);
  const lines = ['POST / HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked', 'Connection: close'];
  const answer = await answerTo(t, edge, lines, `2;a=b;c="d"${CRLF}ok${CRLF}0${CRLF}${CRLF}`);
  t.match(seenIn(answer), { body: 'ok' });
});

t.test('an absolute form without a path is asked for as a slash', async (t) => {
  const edge = await twoVersions(t);
  const answer = await answerTo(t, edge, ['GET http://a HTTP/1.1', 'Host: a', 'Connection: close']);
  t.match(seenIn(answer), { url: '/' });
});

t.test('a request of HTTP/1.0 without Host reaches a service of HTTP/1.1 with one', async (t) => {
  const url = await echo(t);
  const edge = await edgeFor(t, { upstream: url });
  const answer = await answerTo(t, edge, ['GET / HTTP/1.0']);
  t.same(valuesOf(seenIn(answer), 'host'), [new URL(url).host]);
});

t.test('a 204 has no length, whatever the service says', async (t) => {
  const answer = await answered(t, `HTTP/1.1 204 No Content${CRLF}Content-Length: 0${CRLF}${CRLF}`);
  t.match(answer, /^HTTP\/1.1 204 /);
  t.notMatch(answer, /content-length|transfer-encoding/i);
});

t.test('a 1xx of any number passes, without a length', async (t) => {
  const hint = `HTTP/1.1 102 Processing${CRLF}X-A: b${CRLF}Content-Length: 3${CRLF}${CRLF}`;
  const answer = await answered(
    t,
    `${hint}HTTP/1.1 200 OK${CRLF}Content-Length: 2${CRLF}${CRLF}ok`,
  );
  t.match(answer, /^HTTP\/1.1 102 Processing\r\nX-A: b\r\n\r\nHTTP\/1.1 200 OK[\s\S]*ok$/);
});

t.test('an answer without Date gets one, and one that has it keeps it', async (t) => {
  const plain = `HTTP/1.1 200 OK${CRLF}Content-Length: 2${CRLF}`;
  t.match(await answered(t, `${plain}${CRLF}ok`), /\r\ndate: [^\r]+GMT\r\n/i);
  const date = 'Date: Tue, 15 Nov 1994 08:12:31 GMT';
  const dated = await answered(t, `${plain}${date}${CRLF}${CRLF}ok`);
  t.same(
    dated.match(/^date: .*$/gim)?.map((line) => line.trim()),
    [date],
  );
});

t.test('a service of HTTP/2 is told not to push', async (t) => {
  let allowed: boolean | undefined;
  const server = createHttp2Server().on('stream', (stream: ServerHttp2Stream) => {
    allowed = stream.pushAllowed;
    stream.respond({ ':status': 200 });
    stream.end('ok');
  });
  const url = (await listen(t, server)).replace('http:', 'h2c:');
  const edge = await edgeFor(t, { upstream: url });
  t.match(await answerTo(t, edge, ['GET / HTTP/1.1', 'Host: a', 'Connection: close']), /ok/);
  t.equal(allowed, false);
});

/** A service that counts the requests that came whole. */
async function counting(t: Test) {
  let whole = 0;
  const url = await upstream(t, (req, res) => {
    req
      .on('error', () => {})
      .on('end', () => {
        if (req.complete) whole += 1;
        res.end();
      });
    req.resume();
  });
  return { edge: await edgeFor(t, { upstream: url }), whole: () => whole };
}

const post = (...more: [string, string][]): [string, string][] => [
  [':method', 'POST'],
  ...get().slice(1),
  ...more,
];
const data = (text: string, flags: number) => {
  const head = Buffer.alloc(9);
  head.writeUIntBE(text.length, 0, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(1, 5);
  return Buffer.concat([head, Buffer.from(text)]);
};
const trailers = (...fields: [string, string][]) => {
  const frame = request(1, fields, 5);
  return frame;
};

const broken: readonly [what: string, frames: Buffer[]][] = [
  [
    'more DATA than its length says',
    [request(1, post(['content-length', '2']), 4), data('okay', 1)],
  ],
  ['less DATA than its length says', [request(1, post(['content-length', '5']), 4), data('ok', 1)]],
  [
    'pseudo-headers in its trailers',
    [request(1, post(), 4), data('ok', 0), trailers([':path', '/x'])],
  ],
  [
    'Connection in its trailers',
    [request(1, post(), 4), data('ok', 0), trailers(['connection', 'x'])],
  ],
];
for (const [what, frames] of broken)
  t.test(
    `a request of HTTP/2 with ${what} is malformed: no service sees a whole one`,
    async (t) => {
      const { edge, whole } = await counting(t);
      const { frames: got, closed } = speak(t, edge.address.url, ...frames);
      await until(
        () => got.some(({ type }) => type === TYPE.reset || type === TYPE.goaway) || closed(),
      );
      await until(() => edge.stats().inFlight === 0);
      t.equal(whole(), 0);
    },
  );

t.test(
  'an answer of HTTP/2 with another length than its DATA is broken, never whole',
  async (t) => {
    const server = createTcpServer((socket) => {
      const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
      const head = hpack([
        [':status', '200'],
        ['content-length', '9'],
      ]);
      const headers = Buffer.from([0, 0, head.length, 1, 4, 0, 0, 0, 1]);
      socket
        .on('error', () => {})
        .once(
          'data',
          () => void socket.write(Buffer.concat([settings, headers, head, data('ok', 1)])),
        );
    });
    const url = (await listen(t, server)).replace('http:', 'h2c:');
    const edge = await edgeFor(t, { upstream: url });
    const session = connect(edge.address.url).on('error', () => {});
    t.teardown(() => session.destroy());
    const stream = session
      .request({ ':path': '/' })
      .on('error', () => {})
      .resume();
    await new Promise((resolve) => stream.on('close', resolve));
    t.not(stream.rstCode, 0);
  },
);
