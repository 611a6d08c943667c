/** Fields that Node's HTTP/2 refuses to send end a stream at most, never the edge: services and clients can send any. */
import {
  connect,
  createServer as http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { createServer, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { fieldsObject, saying } from '../src/forward/client/fields.ts';
import type { Edge } from '../src/index.ts';
import { edgeFor, listen, raw } from './helpers.ts';

/** A service that answers everything with these bytes. */
async function service(t: Test, answer: string): Promise<string> {
  const server = createServer((socket: Socket) => {
    socket.on('error', () => {}).on('data', () => socket.write(answer, 'latin1'));
  });
  return listen(t, server as never);
}

interface Heard {
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly hints: readonly IncomingHttpHeaders[];
  readonly body: string;
  readonly rst: number;
}

function ask(t: Test, edge: Edge): Promise<Heard> {
  const session = connect(edge.address.url).on('error', () => {});
  t.teardown(() => session.destroy());
  const { promise, resolve } = Promise.withResolvers<Heard>();
  let [headers, trailers, body]: [IncomingHttpHeaders, IncomingHttpHeaders, string] = [{}, {}, ''];
  const hints: IncomingHttpHeaders[] = [];
  const stream = session.request({ ':path': '/' }, { endStream: true });
  stream
    .on('headers', (got) => void hints.push(got))
    .on('response', (got) => {
      headers = got;
    })
    .on('trailers', (got) => {
      trailers = got;
    })
    .on('data', (chunk: Buffer) => {
      body += chunk.toString('latin1');
    })
    .on('error', () => {})
    .on('close', () => resolve({ headers, trailers, hints, body, rst: stream.rstCode ?? 0 }));
  return promise;
}

/** Names that may stand in an answer once, each twice. */
const TWICE = ['content-type', 'etag', 'location', 'date', 'expires', 'age', 'last-modified'];
const twice = TWICE.map((name) => `${name}: 1\r\n${name}: 2\r\n`).join('');
const first = Object.fromEntries(TWICE.map((name) => [name, '1']));
const heardOf = (fields: IncomingHttpHeaders = {}) =>
  Object.fromEntries(TWICE.map((name) => [name, fields[name]]));

t.test('attack: a service says twice what may stand there once: the first counts', async (t) => {
  const url = await service(t, `HTTP/1.1 200 OK\r\n${twice}content-length: 4\r\n\r\nbody`);
  const edge = await edgeFor(t, { upstream: url });
  const heard = await ask(t, edge);
  t.match(heard, { headers: { ':status': 200 }, body: 'body', rst: 0 });
  t.strictSame(heardOf(heard.headers), first);
  t.match(await ask(t, edge), { body: 'body' }, 'and goes on');
});

t.test('attack: the same in trailers and in early hints', async (t) => {
  const hints = `HTTP/1.1 103 Early Hints\r\n${twice}\r\n`;
  const head = 'HTTP/1.1 200 OK\r\ntrailer: etag, x-sum\r\ntransfer-encoding: chunked\r\n\r\n';
  const end = '4\r\nbody\r\n0\r\netag: 1\r\netag: 2\r\nx-sum: 3\r\n\r\n';
  const edge = await edgeFor(t, { upstream: await service(t, hints + head + end) });
  const heard = await ask(t, edge);
  t.match(heard, { hints: [{ ':status': 103 }], body: 'body', rst: 0 });
  t.strictSame(heardOf(heard.hints[0]), first);
  const { etag, 'x-sum': sum } = heard.trailers;
  t.strictSame([etag, sum], ['1', '3']);
});

t.test('attack: a service answers with a field that HTTP/2 forbids', async (t) => {
  const answer = 'HTTP/1.1 200 OK\r\nhttp2-settings: AAAA\r\ncontent-length: 4\r\n\r\nbody';
  const edge = await edgeFor(t, { upstream: await service(t, answer) });
  const { headers, rst } = await ask(t, edge);
  t.ok(rst !== 0 || headers['http2-settings'] === undefined, 'it is not passed on');
  t.ok(await ask(t, edge), 'and goes on');
});

t.test('attack: a client’s trailers hold twice what may stand there once', async (t) => {
  const seen: (string | undefined)[] = [];
  const server = http2Server();
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    seen.push(headers[':path']);
    stream.on('error', () => {}).resume();
    stream.on('end', () => {
      stream.respond({ ':status': 200 });
      stream.end('ok');
    });
  });
  const url = (await listen(t, server as never)).replace('http:', 'h2c:');
  const edge = await edgeFor(t, { upstream: url });
  const { host } = new URL(edge.address.url);
  const head = `POST /first HTTP/1.1\r\nhost: ${host}\r\ntrailer: date\r\ntransfer-encoding: chunked\r\n\r\n`;
  const { socket } = raw(t, edge.address.url, `${head}2\r\nhi\r\n0\r\ndate: 1\r\ndate: 2\r\n\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
  const answer = await fetch(`${edge.address.url}/second`);
  t.equal(await answer.text(), 'ok', 'and goes on');
  t.strictSame(seen, ['/first', '/second']);
});

/** A stream of a Node that throws for what came twice, as 22 does, and can't be asked not to. */
function strict(refuses: (fields: Readonly<Record<string, unknown>>) => string | undefined) {
  const said: object[] = [];
  const closed: (number | undefined)[] = [];
  const stream = { close: (code?: number) => void closed.push(code) };
  const say = (_: object, fields: Readonly<Record<string, unknown>>) => {
    const code = refuses(fields);
    if (code !== undefined) throw Object.assign(new TypeError(code), { code });
    said.push(fields);
  };
  return { stream, say, said, closed };
}

t.test('what came twice is said once where Node wants that, lists stay lists', async (t) => {
  const { stream, say, said, closed } = strict(({ etag }) =>
    Array.isArray(etag) ? 'ERR_HTTP2_HEADER_SINGLE_VALUE' : undefined,
  );
  const twice = 'etag 1 etag 2 set-cookie a=1 set-cookie b=2 x-a 3 x-a 4'.split(' ');
  saying(stream, fieldsObject(twice), say);
  t.strictSame(said, [{ etag: '1', 'set-cookie': ['a=1', 'b=2'], 'x-a': ['3', '4'] }]);
  t.strictSame(closed, []);
});

t.test('what can’t be said ends its stream', async (t) => {
  for (const code of ['ERR_HTTP2_HEADER_SINGLE_VALUE', 'ERR_HTTP2_INVALID_CONNECTION_HEADERS']) {
    const { stream, say, said, closed } = strict(() => code);
    saying(stream, fieldsObject(['etag', '1', 'etag', '2']), say);
    t.strictSame([said, closed], [[], [2]]);
  }
});
