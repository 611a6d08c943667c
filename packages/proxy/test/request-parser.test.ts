/** The edge's own reader of HTTP/1.1 requests: against Node's, against every way to cut the bytes, and against nonsense. */
import { deepStrictEqual } from 'node:assert/strict';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { parseRequestHead, type RequestLines } from '../src/downstream/request-head.ts';
import { RequestParser } from '../src/downstream/request-parser.ts';
import { listen } from './helpers.ts';

const CRLF = '\r\n';

/** What was read of one request. */
interface Read {
  readonly line: string;
  readonly headers: readonly string[];
  body: string;
  trailers: readonly string[];
  whole: boolean;
}

interface Reading {
  readonly requests: Read[];
  isUnreadable: boolean;
}

const asRead = (line: string, headers: readonly string[], whole: boolean): Read => ({
  line,
  headers,
  body: '',
  trailers: [],
  whole,
});

type Take = (parser: RequestParser, piece: string) => void;

const owned: Take = (parser, piece) => parser.execute(Buffer.from(piece, 'latin1'));

const memory = Buffer.alloc(65_536);
/** As a connection whose memory is overwritten as soon as this returns. */
const shared: Take = (parser, piece) => {
  for (let at = 0; at < piece.length; at += memory.length) {
    const bytes = memory.write(piece.slice(at, at + memory.length), 'latin1');
    parser.executeShared(memory, bytes);
    memory.fill('X');
  }
};

/** Reads pieces as a connection does that answers each request as soon as it is whole: whoever owns the memory, the same. */
function readAll(pieces: readonly string[], headerBytes = 16_384): Reading {
  const reading = readBy(owned, pieces, headerBytes);
  deepStrictEqual(readBy(shared, pieces, headerBytes), reading);
  return reading;
}

function readBy(take: Take, pieces: readonly string[], headerBytes: number): Reading {
  const reading: Reading = { requests: [], isUnreadable: false };
  let keepAlive = true;
  const last = () => reading.requests.at(-1) as Read;
  const parser: RequestParser = new RequestParser(
    {
      onRequest(head: RequestLines) {
        keepAlive = head.keepAlive;
        const { method, url, httpVersion, headers, framing } = head;
        reading.requests.push(asRead(`${method} ${url} ${httpVersion}`, headers, framing === 0));
        if (framing !== 0) parser.resume();
        else if (keepAlive) parser.next();
      },
      onData(chunk) {
        last().body += chunk.toString('latin1');
      },
      onEnd(trailers) {
        last().trailers = trailers;
        last().whole = true;
        if (keepAlive) parser.next();
      },
      onUnreadable() {
        reading.isUnreadable = true;
      },
    },
    headerBytes,
  );
  for (const piece of pieces) take(parser, piece);
  return reading;
}

/** What Node's server reads of the same bytes. */
async function nodesReading(t: Test) {
  let reading: Reading = { requests: [], isUnreadable: false };
  const server = createServer({ requireHostHeader: false, maxHeaderSize: 16_384 }, (req, res) => {
    const { method, url, httpVersion, rawHeaders } = req;
    const read = asRead(`${method} ${url} ${httpVersion}`, rawHeaders, false);
    reading.requests.push(read);
    req
      .setEncoding('latin1')
      .on('data', (text: string) => {
        read.body += text;
      })
      .on('end', () => {
        read.whole = true;
        read.trailers = req.rawTrailers;
      })
      .on('error', () => {});
    res.end();
  }).on('clientError', (_, socket) => {
    reading.isUnreadable = true;
    socket.destroy();
  });
  server.maxHeadersCount = 0;
  await listen(t, server);
  const { port } = server.address() as AddressInfo;
  return async (text: string): Promise<Reading> => {
    reading = { requests: [], isUnreadable: false };
    const socket = connect({ port, host: '127.0.0.1' }).resume();
    socket.on('error', () => {}).end(text, 'latin1');
    await new Promise((resolve) => socket.on('close', resolve));
    return reading;
  };
}

const token = fc.string({
  unit: fc.constantFrom('a', 'B', '7', '-', '_', '!', '~'),
  minLength: 1,
  maxLength: 9,
});
const valueText = fc.string({
  unit: fc.constantFrom('a', ' ', '\t', ',', ':', ';', '"', '\x80', '\xff', '='),
  maxLength: 9,
});
const fields = fc.array(
  fc.tuple(
    token.map((name) => `X-${name}`),
    fc.constantFrom('', ' ', '\t '),
    valueText,
  ),
  { maxLength: 6 },
);
const linesOf = (all: readonly (readonly [string, string, string])[]) =>
  all.map(([name, space, value]) => `${name}:${space}${value}${CRLF}`).join('');

const bodyText = fc.string({
  unit: fc.constantFrom('x', '\r', '\n', '0', '\0', '\xff'),
  maxLength: 40,
});
const chunk = fc.tuple(bodyText, fc.constantFrom('', ';a', ';a=b', ';a="b;\\""'));

/** A valid request, as bytes. */
const request = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'QUERY', 'M-SEARCH', 'OPTIONS'),
    target: fc.constantFrom('/', '/a?b=c', '/%2f//..;x', 'http://a/b', '*', '/?\x7e|"'),
    version: fc.constantFrom('1.1', '1.1', '1.1', '1.0'),
    fields,
    trailers: fields,
    framing: fc.constantFrom('none', 'length', 'chunks'),
    body: bodyText,
    chunks: fc.array(chunk, { maxLength: 4 }),
  })
  .map(({ method, target, version, fields, trailers, framing, body, chunks }) => {
    const start = `${method} ${target} HTTP/${version}${CRLF}Host: a${CRLF}${linesOf(fields)}`;
    if (framing === 'none') return `${start}${CRLF}`;
    if (framing === 'length' || version === '1.0')
      return `${start}Content-Length: ${body.length}${CRLF}${CRLF}${body}`;
    const pieces = chunks
      .filter(([text]) => text.length > 0)
      .map(([text, more]) => `${text.length.toString(16)}${more}${CRLF}${text}${CRLF}`);
    const end = `0${CRLF}${linesOf(trailers)}${CRLF}`;
    return `${start}Transfer-Encoding: chunked${CRLF}${CRLF}${pieces.join('')}${end}`;
  });

t.test('valid requests, pipelined: read as Node reads them', async (t) => {
  const theirs = await nodesReading(t);
  const property = fc.asyncProperty(
    fc.array(request, { minLength: 1, maxLength: 4 }),
    async (all) => {
      const text = all.join('');
      const ours = readAll([text]);
      // Node says nothing of what comes behind the last request of a connection.
      const { requests } = await theirs(text);
      deepStrictEqual(ours.requests, requests);
      return ours.requests.every(({ whole }) => whole) && !ours.isUnreadable;
    },
  );
  await fc.assert(property, { numRuns: 400, seed: 7 });
});

/** Pieces of requests, right and wrong ones. */
const soup = fc.array(
  fc.oneof(
    fc.constantFrom(
      'GET / HTTP/1.1\r\n',
      'POST /a HTTP/1.1\r\n',
      'GET / HTTP/1.0\r\n',
      'Host: a\r\n',
      'content-length: 3\r\n',
      'Content-Length: 0\r\n',
      'transfer-encoding: chunked\r\n',
      'Transfer-Encoding: gzip\r\n',
      'connection: close\r\n',
      'Connection: keep-alive\r\n',
      '\r\n',
      '\r\n\r\n',
      'abc',
      '3\r\nabc\r\n',
      '3;x=y\r\n',
      '0\r\n\r\n',
      '0\r\n',
      'x: y\r\n',
      ' folded\r\n',
      'x : y\r\n',
      '\n',
      '\r',
      '\0',
      'HTTP/1.1',
    ),
    fc.string({ maxLength: 6 }),
  ),
  { maxLength: 14 },
);

t.test('whatever is read as a whole request, Node reads so too: never less strict', async (t) => {
  const theirs = await nodesReading(t);
  const property = fc.asyncProperty(soup, async (pieces) => {
    const text = pieces.join('');
    const ours = readAll([text]).requests.filter(({ whole }) => whole);
    const { requests } = await theirs(text);
    // Not an assertion of the test: one that runs when the time for more is over would come after its end.
    deepStrictEqual(ours, requests.slice(0, ours.length));
  });
  await fc.assert(property, { numRuns: 800, seed: 8 });
});

t.test(
  'any bytes, cut anywhere: the same requests, or the same refusal, and no throw',
  async () => {
    const bytes = fc.oneof(soup, fc.array(request, { maxLength: 3 }));
    const holds = (pieces: readonly string[], headerBytes: number) => {
      const all = pieces.join('');
      const whole = JSON.stringify(readAll([all], headerBytes));
      const others = [readAll(pieces, headerBytes), readAll([...all], headerBytes)];
      return others.every((reading) => JSON.stringify(reading) === whole);
    };
    fc.assert(fc.property(bytes, fc.constantFrom(16_384, 40), holds), { numRuns: 5000, seed: 9 });
  },
);

t.test('a body that is held back anywhere arrives whole', async () => {
  const holds = (texts: readonly string[], pauses: readonly boolean[]) => {
    const got: string[] = [];
    let at = 0;
    let isHeld = false;
    const parser: RequestParser = new RequestParser(
      {
        onRequest({ framing }) {
          got.push('');
          if (framing === 0) parser.next();
          else isHeld = true;
        },
        onData(piece) {
          got[got.length - 1] += piece.toString('latin1');
          at += 1;
          isHeld = pauses[at % pauses.length] === true;
          if (isHeld) parser.pause();
        },
        onEnd: () => parser.next(),
        onUnreadable: () => void got.push('unreadable'),
      },
      16_384,
    );
    for (const byte of texts.join('')) {
      parser.execute(Buffer.from(byte, 'latin1'));
      if (isHeld && at % 3 !== 1) parser.resume();
    }
    while (parser.held > 0) parser.resume();
    const whole = readAll(texts).requests.map(({ body }) => body);
    return JSON.stringify(got) === JSON.stringify(whole);
  };
  // One that is kept alive: what comes behind the last request of a connection is not read.
  const requests = fc.array(
    request.filter((text) => text.includes('HTTP/1.1')),
    { maxLength: 3 },
  );
  const pauses = fc.array(fc.boolean(), { minLength: 1, maxLength: 5 });
  fc.assert(fc.property(requests, pauses, holds), { numRuns: 1000, seed: 10 });
});

const line = (text: string) => () => parseRequestHead(text);

t.test('lines that are no request line of HTTP/1.1', async (t) => {
  const wrong = [
    '',
    ' ',
    'GET',
    'GET /',
    'GET  / HTTP/1.1',
    'GET / HTTP/1.1 ',
    'GET / HTTP/1.2',
    'GET / HTTP/2.0',
    'GET / http/1.1',
    'get / HTTP/1.1',
    'FOO / HTTP/1.1',
    'GET /a b HTTP/1.1',
    'GET /\t HTTP/1.1',
    'GET HTTP/1.1',
    'GET / HTTP/1.11',
  ];
  for (const text of wrong) t.throws(line(text), { name: 'Error' }, JSON.stringify(text));
  t.match(parseRequestHead('GET /\xff HTTP/1.0'), { url: '/\xff', httpVersion: '1.0', framing: 0 });
});

t.test('lengths and codings that could be read in two ways', async (t) => {
  const wrong = [
    ['Content-Length: 1', 'Content-Length: 1'],
    ['Content-Length: 1', 'Transfer-Encoding: chunked'],
    ['Content-Length:'],
    ['Content-Length: 0x1'],
    ['Content-Length: 1.0'],
    ['Content-Length: -1'],
    ['Content-Length: 9999999999999999'],
    ['Transfer-Encoding:'],
    ['Transfer-Encoding: chunked, chunked'],
    ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
    ['Transfer-Encoding: identity'],
    ['Transfer-Encoding: chunked;a=b'],
    ['Transfer-Encoding\t: chunked'],
    ['Content_Length : 1'],
  ];
  for (const lines of wrong)
    t.throws(line(['POST / HTTP/1.1', ...lines].join(CRLF)), { name: 'Error' }, lines.join());
  t.throws(line(`POST / HTTP/1.0${CRLF}Transfer-Encoding: chunked`), 'HTTP/1.0 has no codings');
});
