import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { pipeline } from 'node:stream/promises';
import t, { type Test } from 'tap';
import type { Edge } from '../src/index.ts';
import {
  curl,
  echo,
  edgeFor,
  listen,
  raw,
  seen,
  twoVersions,
  until,
  upstream,
  valuesOf,
} from './helpers.ts';

const CRLF = '\r\n';

const rawGet = (t: Test, edge: Edge, ...lines: string[]) =>
  raw(t, edge.address.url, ['GET / HTTP/1.1', 'Host: a', ...lines].join(CRLF) + CRLF + CRLF);

t.test('method, target, Host, duplicates and header bytes arrive as they were sent', async (t) => {
  const edge = await twoVersions(t);
  const lines = [
    'Host: Shop.Example:81',
    'X-A: one',
    'x-b:  \xe9\xff ',
    'X-A: two',
    'Connection: close',
  ];
  const text = ['DELETE /a%2Fb/../c?d=%zz&e=; HTTP/1.1', ...lines].join(CRLF);
  const answer = await raw(t, edge.address.url, text + CRLF + CRLF).all;
  const request = JSON.parse(Buffer.from(answer.slice(answer.indexOf('{')), 'latin1').toString());
  t.match(request, { method: 'DELETE', url: '/a%2Fb/../c?d=%zz&e=;' });
  t.same(valuesOf(request, 'host'), ['Shop.Example:81']);
  t.same(valuesOf(request, 'x-a'), ['one', 'two']);
  t.same(valuesOf(request, 'x-b'), ['\xe9\xff']);
  t.ok(request.raw.includes('X-A'));
});

t.test('the absolute form of the same host is a path upstream', async (t) => {
  const edge = await twoVersions(t);
  const { host } = new URL(edge.address.url);
  t.equal((await seen(edge, '--request-target', `http://${host}?a=b`)).url, '/?a=b');
});

t.test('hop-by-hop headers of the client stay at this hop', async (t) => {
  const edge = await twoVersions(t);
  const hop = [
    'Connection: X-Mine, keep-alive',
    'X-Mine: 1',
    'Keep-Alive: 9',
    'TE: gzip',
    'Proxy-Connection: x',
  ];
  const request = await seen(edge, ...hop.flatMap((header) => ['-H', header]));
  const names = request.raw.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
  for (const name of ['x-mine', 'keep-alive', 'te', 'proxy-connection'])
    t.notOk(names.includes(name));
});

t.test(
  'status, reason, duplicates and header bytes of the response reach the client',
  async (t) => {
    const url = await upstream(t, (_, res) => {
      const headers = [
        'Set-Cookie',
        'a=1',
        'set-cookie',
        'b=2',
        'X-B',
        '\xe9',
        'connection',
        'x-hop',
        'x-hop',
        '1',
      ];
      res.writeHead(299, 'Sort Of', headers).end('body');
    });
    const edge = await edgeFor(t, { upstream: url });
    const answer = await rawGet(t, edge, 'Connection: close').all;
    t.match(answer, /^HTTP\/1.1 299 Sort Of\r\n/);
    t.match(answer, /Set-Cookie: a=1\r\nset-cookie: b=2\r\nX-B: \xe9\r\n/);
    t.notMatch(answer, /x-hop/);
    t.match(answer, /body/);
  },
);

t.test('header bytes of a response without a length reach the client, too', async (t) => {
  const url = await upstream(t, (_, res) => {
    res.writeHead(200, 'Sch\xf6n', ['X-B', '\xe9\xff']).write(Buffer.from('bo'));
    setImmediate(() => res.end('dy'));
  });
  const edge = await edgeFor(t, { upstream: url });
  const answer = await rawGet(t, edge, 'Connection: close').all;
  t.match(answer, /^HTTP\/1.1 200 Sch\xf6n\r\nX-B: \xe9\xff\r\n/);
});

t.test(
  'an HTTP/1.0 client that asks for trailers gets none, and the service hears of no ability',
  async (t) => {
    const edge = await twoVersions(t);
    const text = ['GET / HTTP/1.0', 'Host: a', 'TE: trailers', '', ''].join(CRLF);
    const answer = await raw(t, edge.address.url, text).all;
    t.same(valuesOf(JSON.parse(answer.slice(answer.indexOf('{'))), 'te'), []);
  },
);

t.test('bodies with a length keep it, bodies without stay chunked', async (t) => {
  const edge = await twoVersions(t);
  const sized = await seen(edge, '-d', 'hello');
  t.same([valuesOf(sized, 'content-length'), sized.body], [['5'], 'hello']);
  const chunked = await seen(edge, '-H', 'transfer-encoding: chunked', '-d', 'hello');
  t.same([valuesOf(chunked, 'transfer-encoding'), chunked.body], [['chunked'], 'hello']);
  t.equal((await seen(edge, '-X', 'GET', '-d', 'hello')).body, 'hello');
  t.equal((await seen(edge, '-X', 'POST', '-H', 'content-length: 0')).body, '');
});

t.test('HEAD, 204 and 304 have no body and end', async (t) => {
  const url = await upstream(t, (req, res) => {
    if (req.url === '/head') res.writeHead(200, { 'content-length': '7' }).end();
    else res.writeHead(Number(req.url?.slice(1)), { etag: '"1"' }).end();
  });
  const edge = await edgeFor(t, { upstream: url });
  t.match((await curl('-I', `${edge.address.url}/head`)).out, /200 OK[\s\S]*content-length: 7/);
  t.match((await curl('-D-', `${edge.address.url}/204`)).out, /204 No Content/);
  t.match((await curl('-D-', `${edge.address.url}/304`)).out, /304 Not Modified[\s\S]*etag: "1"/);
});

t.test('a response to HEAD that announces trailers ends', async (t) => {
  const head = ['HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', 'Trailer: x-sum', CRLF].join(CRLF);
  const server = createTcpServer((socket) => void socket.once('data', () => socket.write(head)));
  const edge = await edgeFor(t, { upstream: await listen(t, server) });
  t.match((await curl('-I', edge.address.url)).out, /^HTTP\/1.1 200 OK/);
});

t.test('a response with a length and chunks is no answer: nobody sees two framings', async (t) => {
  const head = ['HTTP/1.1 200 OK', 'Content-Length: 2', 'Transfer-Encoding: chunked'].join(CRLF);
  const chunks = [CRLF, '4', 'body', '0', CRLF].join(CRLF);
  const server = createTcpServer(
    (socket) => void socket.once('data', () => socket.write(head + chunks)),
  );
  const edge = await edgeFor(t, { upstream: await listen(t, server) });
  t.match((await curl(edge.address.url)).out, /TINCT_EDGE_UPSTREAM_BROKEN/);
});

t.test('trailers reach the client, without the services’ marks', async (t) => {
  const url = await upstream(t, (_, res) => {
    res.writeHead(200, { trailer: 'x-sum' }).write('body');
    res.addTrailers({ 'x-sum': '42', 'x-tinct-served': 'v2' });
    res.end();
  });
  const edge = await edgeFor(t, { upstream: url });
  const answer = await rawGet(t, edge, 'Connection: close').all;
  t.match(answer, /trailer: x-sum\r\n/);
  t.match(answer, /\r\n0\r\nx-sum: 42\r\n\r\n$/);
});

t.test('a client of HTTP/1.0 gets a body that ends with the connection', async (t) => {
  const url = await upstream(t, (_, res) => {
    res.writeHead(200, { trailer: 'x-sum' }).write('bo');
    res.end('dy');
  });
  const edge = await edgeFor(t, { upstream: url });
  const answer = await raw(t, edge.address.url, `GET / HTTP/1.0${CRLF}${CRLF}`).all;
  t.match(answer, /^HTTP\/1.1 200 OK[\s\S]*\r\n\r\nbody$/);
});

t.test('early hints pass', async (t) => {
  const url = await upstream(t, (_, res) => {
    res.writeEarlyHints({ link: '</a.css>; rel=preload', 'x-tinct-served': 'v1' }, () =>
      res.end('body'),
    );
  });
  const edge = await edgeFor(t, { upstream: url });
  const answer = await rawGet(t, edge, 'Connection: close').all;
  t.match(
    answer,
    /^HTTP\/1.1 103 Early Hints\r\nLink: <\/a.css>; rel=preload\r\n\r\nHTTP\/1.1 200 OK/i,
  );
});

t.test('Expect: 100-continue is answered once there is an upstream for the body', async (t) => {
  const edge = await twoVersions(t);
  const { out } = await curl('-D-', '-H', 'Expect: 100-continue', '-d', 'hello', edge.address.url);
  t.match(out, /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200/);
  t.match(out, '"body":"hello"');
  const dead = await edgeFor(t, { upstream: 'http://127.0.0.1:1' });
  const refused = await curl('-D-', '-H', 'Expect: 100-continue', '-d', 'hello', dead.address.url);
  t.match(refused.out, /^HTTP\/1.1 503/);
});

t.test('server-sent events arrive when they are sent, the head before the first', async (t) => {
  let send = (_: string) => {};
  const url = await upstream(t, (_, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    send = (text) => res.write(text);
  });
  const edge = await edgeFor(t, { upstream: url });
  const { socket } = rawGet(t, edge);
  let got = '';
  socket.on('data', (chunk: string) => {
    got += chunk;
  });
  await until(() => got.includes('event-stream'));
  send('data: 1\n\n');
  await until(() => got.includes('data: 1'));
  send('data: 2\n\n');
  await until(() => got.includes('data: 2'));
  t.pass('each came by itself');
});

const MiB = 1024 * 1024;

function open(
  edge: Edge,
  method: string,
): Promise<IncomingMessage> & { req: ReturnType<typeof httpRequest> } {
  const req = httpRequest(edge.address.url, { method });
  const promise = new Promise<IncomingMessage>((resolve, reject) => {
    req.on('response', resolve).on('error', reject);
  });
  return Object.assign(promise, { req });
}

t.test('a slow reader holds the upstream back: a large response does not pile up', async (t) => {
  let written = 0;
  const total = 96 * MiB;
  const url = await upstream(t, (_, res) => {
    const chunk = Buffer.alloc(64 * 1024);
    const pump = () => {
      while (written < total) {
        written += chunk.length;
        if (!res.write(chunk)) return;
      }
      res.end();
    };
    res.on('drain', pump);
    pump();
  });
  const edge = await edgeFor(t, { upstream: url });
  const answer = open(edge, 'GET');
  answer.req.end();
  const response = (await answer).pause();
  let before = -1;
  while (before !== written) {
    before = written;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  t.ok(written < 48 * MiB, `${written / MiB} MiB were written into the buffers on the way`);
  let got = 0;
  for await (const chunk of response) got += chunk.length;
  t.equal(got, total);
});

t.test('a slow upstream holds the client back: a large upload does not pile up', async (t) => {
  let take = (_: IncomingMessage) => {};
  const taken = new Promise<IncomingMessage>((resolve) => {
    take = resolve;
  });
  const url = await upstream(t, (req, res) => {
    take(req.pause());
    req.on('end', () => res.end('done'));
  });
  const edge = await edgeFor(t, { upstream: url });
  const answer = open(edge, 'POST');
  const chunk = Buffer.alloc(64 * 1024);
  let written = 0;
  const pump = () => {
    while (written < 96 * MiB) {
      written += chunk.length;
      if (!answer.req.write(chunk)) return;
    }
    answer.req.end();
  };
  answer.req.on('drain', pump);
  pump();
  const arrived = await taken;
  let before = -1;
  while (before !== written) {
    before = written;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  t.ok(written < 48 * MiB, `${written / MiB} MiB were written into the buffers on the way`);
  let got = 0;
  for await (const part of arrived) got += part.length;
  t.equal(got, 96 * MiB);
  t.equal((await answer).statusCode, 200);
});

t.test('a body comes back as the same bytes, both ways at once', async (t) => {
  const url = await upstream(t, (req, res) => void pipeline(req, res));
  const edge = await edgeFor(t, { upstream: url });
  const sent = randomBytes(8 * MiB);
  const answer = open(edge, 'POST');
  answer.req.end(sent);
  const hash = createHash('sha256');
  for await (const chunk of await answer) hash.update(chunk);
  t.equal(hash.digest('hex'), createHash('sha256').update(sent).digest('hex'));
});

t.test('requests on one connection are answered in turn, pipelined ones too', async (t) => {
  const edge = await edgeFor(t, { upstream: await echo(t) });
  const get = (path: string, more = '') =>
    `GET ${path} HTTP/1.1${CRLF}Host: a${CRLF}${more}${CRLF}`;
  const text = get('/1') + get('/2') + get('/3', `Connection: close${CRLF}`);
  const answer = await raw(t, edge.address.url, text).all;
  t.same(answer.match(/"url":"\/\d"/g), ['"url":"/1"', '"url":"/2"', '"url":"/3"']);
});

t.test(
  'Via, where it has a name: on requests and responses, behind what stands there',
  async (t) => {
    const url = await upstream(t, (req, res) => {
      res.writeHead(200, { via: '1.0 service' }).end(`${req.headers['via']}`);
    });
    const edge = await edgeFor(t, { upstream: url, via: 'edge.example' });
    for (const [flag, version] of [
      ['--http1.1', '1.1'],
      ['--http2-prior-knowledge', '2.0'],
    ] as const) {
      const { out } = await curl(flag, '-D-', '-H', 'Via: 1.1 cdn', edge.address.url);
      t.match(out, `1.1 cdn, ${version} edge.example`);
      t.match(out, /\r\nvia: 1\.0 service\r\n[\s\S]*via: 1\.1 edge\.example\r\n/i);
    }
    const silent = await edgeFor(t, { upstream: url });
    t.match((await curl('-D-', silent.address.url)).out, /undefined$/);
    t.notMatch((await curl('-D-', silent.address.url)).out, /edge/);
    await t.rejects(edgeFor(t, { upstream: url, via: 'a b' }), {
      code: 'TINCT_EDGE_OPTION_MALFORMED',
    });
  },
);
