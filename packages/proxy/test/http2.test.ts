import { connect as connect2, type IncomingHttpHeaders } from 'node:http2';
import t, { type Test } from 'tap';
import type { Edge } from '../src/index.ts';
import { END_STREAM, frame, get, hpack, request, speak, TYPE } from './frames.ts';
import { curl, edgeFor, type Seen, twoVersions, until, upstream, valuesOf } from './helpers.ts';

const H2 = '--http2-prior-knowledge';

interface Answer {
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders | undefined;
  readonly body: string;
  readonly rst: number;
}

/** One request by Node's client. */
async function ask(t: Test, edge: Edge, headers: object, body?: string): Promise<Answer> {
  const session = connect2(edge.address.url);
  session.on('error', () => {});
  t.teardown(() => session.destroy());
  const stream = session.request({ ':path': '/', ...headers }, { endStream: body === undefined });
  const { promise, resolve } = Promise.withResolvers<void>();
  let [head, trailers, text]: [IncomingHttpHeaders, IncomingHttpHeaders | undefined, string] = [
    {},
    undefined,
    '',
  ];
  stream
    .on('response', (got) => {
      head = got;
    })
    .on('trailers', (got) => {
      trailers = got;
    })
    .on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    })
    .on('error', () => {})
    .on('close', resolve);
  if (body !== undefined) stream.end(body);
  await promise;
  return { headers: head, trailers, body: text, rst: stream.rstCode };
}

t.test('HTTP/2 by prior knowledge: decided, colored and forwarded as HTTP/1.1 is', async (t) => {
  const edge = await twoVersions(t);
  const { out } = await curl(H2, '-D-', '-H', 'user-id: 123', '-d', 'hi', edge.address.url);
  t.match(out, /^HTTP\/2 200/);
  const request = JSON.parse(out.slice(out.indexOf('{'))) as Seen;
  t.match(request, { version: 'v2', method: 'POST', body: 'hi' });
  t.same(valuesOf(request, 'x-tinct-my-service'), ['v2']);
  t.same(valuesOf(request, 'host'), [new URL(edge.address.url).host]);
  t.notOk(request.raw.some((name) => name.startsWith(':')));
});

t.test('a connection is HTTP/1.1 where its first bytes come one by one', async (t) => {
  const edge = await twoVersions(t);
  const { socket, all } = await import('./helpers.ts').then(({ raw }) =>
    raw(t, edge.address.url, 'P'),
  );
  socket.setNoDelay(true);
  for (const letter of 'UT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    socket.write(letter);
  t.match(await all, /^HTTP\/1.1 200 OK/);
});

t.test('many streams of one connection are answered, each by its own decision', async (t) => {
  const edge = await twoVersions(t);
  const session = connect2(edge.address.url);
  t.teardown(() => session.destroy());
  const versions = await Promise.all(
    Array.from({ length: 60 }, async (_, i) => {
      const stream = session.request({ ':path': '/', 'user-id': i % 2 === 0 ? '123' : '124' });
      let text = '';
      for await (const chunk of stream.setEncoding('utf8')) text += chunk;
      return (JSON.parse(text) as Seen).version;
    }),
  );
  t.same(
    versions,
    Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? 'v2' : 'v1')),
  );
});

t.test('crumbs of a cookie arrive as one header, header bytes as they came', async (t) => {
  const edge = await twoVersions(t);
  const { body } = await ask(t, edge, { cookie: ['a=1', 'b=2'], 'x-b': '\xe9', te: 'trailers' });
  const seen = JSON.parse(Buffer.from(body, 'latin1').toString()) as Seen;
  t.same([valuesOf(seen, 'cookie'), valuesOf(seen, 'x-b')], [['a=1; b=2'], ['\xe9']]);
});

t.test('status, duplicates, trailers and hints reach a client of HTTP/2', async (t) => {
  const url = await upstream(t, (_, res) => {
    res.writeEarlyHints({ link: '</a.css>; rel=preload' }, () => {
      const headers = ['set-cookie', 'a=1', 'Set-Cookie', 'b=2', 'content-type', 'a/b'];
      res.writeHead(299, [...headers, 'content-type', 'c/d', 'trailer', 'x-sum']).write('body');
      res.addTrailers({ 'x-sum': '42', 'x-tinct-served': 'v2' });
      res.end();
    });
  });
  const edge = await edgeFor(t, { upstream: url });
  const { headers, trailers, body } = await ask(t, edge, {});
  t.match(headers, { ':status': 299, 'set-cookie': ['a=1', 'b=2'] });
  t.match(trailers, { 'x-sum': '42' });
  t.notMatch(trailers, { 'x-tinct-served': 'v2' });
  t.equal(body, 'body');
  t.match((await curl(H2, '-D-', edge.address.url)).out, /HTTP\/2 103[\s\S]*HTTP\/2 299/);
});

t.test('HEAD, 204 and 304 end without a body', async (t) => {
  const url = await upstream(t, (req, res) => {
    res.writeHead(Number(req.url?.slice(1)), req.method === 'HEAD' ? { 'content-length': 7 } : {});
    res.end();
  });
  const edge = await edgeFor(t, { upstream: url });
  const head = await ask(t, edge, { ':method': 'HEAD', ':path': '/200' });
  t.match(head, { headers: { 'content-length': '7' }, body: '', rst: 0 });
  for (const status of [204, 304])
    t.match(await ask(t, edge, { ':path': `/${status}` }), {
      headers: { ':status': status },
      rst: 0,
    });
});

t.test('an upstream that dies halfway resets the stream, and the connection goes on', async (t) => {
  const url = await upstream(t, (req, res) => {
    if (req.url === '/ok') return void res.end('ok');
    res.writeHead(200).write('half', () => res.destroy());
  });
  const edge = await edgeFor(t, { upstream: url });
  const session = connect2(edge.address.url);
  t.teardown(() => session.destroy());
  const broken = session.request({ ':path': '/' });
  await new Promise<void>((resolve) => broken.on('error', () => resolve()).resume());
  t.equal(broken.rstCode, 2);
  let text = '';
  for await (const chunk of session.request({ ':path': '/ok' }).setEncoding('utf8')) text += chunk;
  t.equal(text, 'ok');
});

t.test('a client that resets its stream takes the upstream request with it', async (t) => {
  let [opened, closed] = [false, false];
  const url = await upstream(t, (req) => {
    opened = true;
    req.socket.on('close', () => {
      closed = true;
    });
  });
  const edge = await edgeFor(t, { upstream: url });
  const session = connect2(edge.address.url);
  t.teardown(() => session.destroy());
  const stream = session.request({ ':path': '/' });
  await until(() => opened);
  stream.close(8);
  await until(() => closed && edge.stats().requests === 1);
});

t.test('close says GOAWAY, and streams that run are answered', async (t) => {
  let answer = () => {};
  const url = await upstream(t, (_, res) => {
    answer = () => void res.end('late');
  });
  const edge = await edgeFor(t, { upstream: url, graceMs: 10_000 });
  const session = connect2(edge.address.url);
  let goneAway = false;
  session.on('goaway', () => {
    goneAway = true;
  });
  const stream = session.request({ ':path': '/' });
  await until(() => answer.name !== '' && edge.stats().inFlight === 1);
  const closed = edge.close();
  await until(() => goneAway);
  answer();
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) text += chunk;
  await closed;
  t.equal(text, 'late');
});

const pseudo = (changed: Record<string, string | undefined>, ...more: [string, string][]) => [
  ...get().flatMap(([name, value]): [string, string][] => {
    const text = name in changed ? changed[name] : value;
    return text === undefined ? [] : [[name, text]];
  }),
  ...more,
];

/** Each may be answered with 400 or reset; none reaches a service. */
const tricks: readonly (readonly [attack: string, fields: [string, string][]])[] = [
  ['a path with a space and a second request line', pseudo({ ':path': '/ HTTP/1.1\r\nx: y' })],
  ['a path with a space', pseudo({ ':path': '/a b' })],
  ['a path that is a URL', pseudo({ ':path': 'http://evil.example/' })],
  ['a path with a fragment', pseudo({ ':path': '/a#b' })],
  ['an empty path', pseudo({ ':path': '' })],
  ['no path', pseudo({ ':path': undefined })],
  ['no method', pseudo({ ':method': undefined })],
  ['a method with a space', pseudo({ ':method': 'GET / HTTP/1.1' })],
  ['a scheme that is a URL', pseudo({ ':scheme': 'http://evil.example/' })],
  ['two paths', [...get(), [':path', '/b']]],
  ['a pseudo-header after a header', [['x-a', '1'], ...get()]],
  ['an unknown pseudo-header', [...get().slice(0, 3), [':x', '1'], [':path', '/']]],
  ['a response’s pseudo-header', [[':status', '200'], ...get()]],
  ['an authority with credentials', pseudo({ ':authority': 'me@a' })],
  ['neither authority nor Host', pseudo({ ':authority': undefined })],
  ['Host beside another authority', pseudo({}, ['host', 'b'])],
  ['two authorities', [...get(), [':authority', 'b']]],
  ['Connection', pseudo({}, ['connection', 'x-tinct-my-service'])],
  ['Transfer-Encoding', pseudo({}, ['transfer-encoding', 'chunked'])],
  ['Keep-Alive', pseudo({}, ['keep-alive', '1'])],
  ['Upgrade', pseudo({}, ['upgrade', 'websocket'])],
  ['Proxy-Connection', pseudo({}, ['proxy-connection', 'close'])],
  ['TE other than trailers', pseudo({}, ['te', 'gzip'])],
  ['a header in capitals', pseudo({}, ['X-Tinct-My-Service', 'v2'])],
  ['a length that isn’t one', pseudo({}, ['content-length', '5'])],
  ['two lengths', pseudo({}, ['content-length', '0'], ['content-length', '1'])],
  [
    'CONNECT',
    [
      [':method', 'CONNECT'],
      [':authority', 'a:80'],
    ],
  ],
  ['TRACE', pseudo({ ':method': 'TRACE' })],
];
for (const [attack, fields] of tricks)
  t.test(`${attack} by HTTP/2 reaches no service`, async (t) => {
    let reached = 0;
    const url = await upstream(t, (_, res) => {
      reached += 1;
      res.end();
    });
    const edge = await edgeFor(t, { upstream: url });
    const { frames, closed } = speak(t, edge.address.url, request(1, fields));
    const ended = ({ type, stream }: { type: number; stream: number }) =>
      type === TYPE.goaway || type === TYPE.reset || (stream === 1 && type === TYPE.headers);
    await until(() => frames.some(ended) || closed());
    t.equal(reached, 0);
    t.equal(edge.stats().requests, 0);
  });

/** Node leaves such a header out; what matters is that no service sees any of it. */
const unwritable: readonly (readonly [attack: string, fields: [string, string][]])[] = [
  ['a header’s name with a colon', pseudo({}, ['x:y', '1'])],
  ['a header’s name with a line break', pseudo({}, ['x\r\ny', '1'])],
  ['a value with a line break', pseudo({}, ['x-a', '1\r\nx-tinct-my-service: v2'])],
  ['a value with NUL', pseudo({}, ['x-a', '1\0'])],
];
for (const [attack, fields] of unwritable)
  t.test(`${attack} by HTTP/2 is not passed on`, async (t) => {
    const raw: string[] = [];
    const url = await upstream(t, (req, res) => {
      raw.push(...req.rawHeaders);
      res.end();
    });
    const edge = await edgeFor(t, { upstream: url });
    const { frames } = speak(t, edge.address.url, request(1, fields));
    await until(() => frames.some(({ type }) => type === TYPE.headers || type === TYPE.reset));
    t.notOk(raw.some((part) => /^x-a|^x:y|^x$|^y$|v2|[\0\r\n]/.test(part)));
  });

t.test('forged colors by HTTP/2 change nothing, in trailers neither', async (t) => {
  const edge = await twoVersions(t);
  const forged = {
    'x-tinct-my-service': 'v2',
    x_tinct_my_service: 'v2',
    baggage: 'tinct.my-service=v2',
  };
  const seen = JSON.parse((await ask(t, edge, { ...forged, 'user-id': '124' })).body) as Seen;
  t.equal(seen.version, 'v1');
  t.same(valuesOf(seen, 'x-tinct-my-service'), ['v1']);
  t.equal(seen.raw.join('\n').match(/v2/g), null);
});

t.test('rapid reset: a connection that opens and resets without end is closed', async (t) => {
  const edge = await twoVersions(t);
  const bursts = Array.from({ length: 2000 }, (_, i) => {
    const stream = 2 * i + 1;
    return Buffer.concat([
      request(stream, get()),
      frame(TYPE.reset, 0, stream, Buffer.from([0, 0, 0, 8])),
    ]);
  });
  const { frames, closed } = speak(t, edge.address.url, ...bursts);
  await until(() => closed() || frames.some(({ type }) => type === TYPE.goaway));
  t.ok(edge.stats().requests < 1000, `${edge.stats().requests} of 2,000 came through`);
  await until(() => edge.stats().dropped.resets === 1);
  t.match(edge.stats(), { dropped: { limit: 0, resets: 1, protocol: 0 }, inFlight: 0 });
});

t.test('rapid reset: the client is told to calm down, and it is counted', async (t) => {
  const url = await upstream(t, () => {});
  const edge = await edgeFor(t, { upstream: url, limits: { resets: 2 } });
  const ids = Array.from({ length: 20 }, (_, i) => 2 * i + 1);
  const opened = ids.map((id) => request(id, get()));
  const { socket, frames, closed } = speak(t, edge.address.url, ...opened);
  await until(() => edge.stats().inFlight === 20);
  socket.write(Buffer.concat(ids.map((id) => frame(TYPE.reset, 0, id, Buffer.from([0, 0, 0, 8])))));
  await until(closed);
  const goaway = frames.find(({ type }) => type === TYPE.goaway);
  t.equal(goaway?.payload.readUInt32BE(4), 0xb, 'ENHANCE_YOUR_CALM');
  t.same(edge.stats().dropped, { limit: 0, resets: 1, protocol: 0 });
});

t.test('a page that is left resets its requests at once and is not ended for it', async (t) => {
  const url = await upstream(t, (req, res) => {
    if (req.url === '/ok') res.end('ok');
  });
  const edge = await edgeFor(t, { upstream: url });
  const session = connect2(edge.address.url);
  t.teardown(() => session.destroy());
  const streams = Array.from({ length: 90 }, () =>
    session.request({ ':path': '/' }).on('error', () => {}),
  );
  await until(() => edge.stats().inFlight === 90);
  for (const stream of streams) stream.close(8);
  await until(() => edge.stats().inFlight === 0);
  let text = '';
  for await (const chunk of session.request({ ':path': '/ok' }).setEncoding('utf8')) text += chunk;
  t.equal(text, 'ok');
  t.same(edge.stats().dropped, { limit: 0, resets: 0, protocol: 0 });
});

t.test('a connection that breaks the rules of HTTP/2 is ended and counted', async (t) => {
  const edge = await twoVersions(t);
  // Data of no stream (RFC 9113, 6.1).
  const { closed } = speak(t, edge.address.url, frame(TYPE.data, 0, 0, Buffer.from('x')));
  await until(() => closed() && edge.stats().dropped.protocol === 1);
  t.same(edge.stats().dropped, { limit: 0, resets: 0, protocol: 1 });
});

t.test('streams beyond the limit of a connection are refused', async (t) => {
  let open = 0;
  const url = await upstream(t, () => {
    open += 1;
  });
  const edge = await edgeFor(t, { upstream: url });
  const many = Array.from({ length: 150 }, (_, i) => request(2 * i + 1, get()));
  const { frames, closed } = speak(t, edge.address.url, ...many);
  await until(
    () => closed() || frames.some(({ type }) => type === TYPE.reset || type === TYPE.goaway),
  );
  t.ok(open <= 100, `${open} at a time`);
});

t.test('a head without end (CONTINUATION flood) ends the connection', async (t) => {
  const edge = await twoVersions(t);
  const piece = hpack([['x-a', 'y'.repeat(100)]]);
  const flood = Array.from({ length: 2000 }, () => frame(TYPE.continuation, 0, 1, piece));
  const { closed, frames } = speak(t, edge.address.url, request(1, get(), END_STREAM), ...flood);
  await until(() => closed() || frames.some(({ type }) => type === TYPE.goaway));
  t.equal(edge.stats().requests, 0);
});

t.test('a head beyond the limit is refused with 431', async (t) => {
  const edge = await twoVersions(t, { limits: { headerBytes: 2048 } });
  t.match(await ask(t, edge, { 'x-a': 'y'.repeat(2000) }), { headers: { ':status': 431 } });
  t.match(await ask(t, edge, { 'x-a': 'y'.repeat(1000) }), { headers: { ':status': 200 } });
  t.equal(edge.stats().requests, 1);
});
