import { connect as connect2, createServer, type ServerHttp2Stream } from 'node:http2';
import * as grpc from '@grpc/grpc-js';
import t, { type Test } from 'tap';
import type { Edge } from '../src/index.ts';
import { grpcService, unchanged } from './grpc-service.ts';
import { curl, edgeFor, listen, until } from './helpers.ts';

async function edgeOf(t: Test, onCancel?: () => void): Promise<Edge> {
  const [v1, v2] = [await grpcService(t, 'v1', onCancel), await grpcService(t, 'v2')];
  return edgeFor(t, { upstream: v1, direct: { 'my-service': { v1, v2 } } });
}

function clientOf(t: Test, { address }: Edge): grpc.Client {
  const client = new grpc.Client(`127.0.0.1:${address.port}`, grpc.credentials.createInsecure());
  t.teardown(() => client.close());
  return client;
}

interface Result {
  readonly code: number;
  readonly details: string;
  readonly version: string;
  readonly got: string[];
}

const user = (id: string): grpc.Metadata => {
  const metadata = new grpc.Metadata();
  metadata.set('user-id', id);
  metadata.set('x-tinct-my-service', 'v7');
  return metadata;
};

function settle(call: grpc.ClientUnaryCall | grpc.ClientReadableStream<Buffer>, got: string[]) {
  return new Promise<Result>((resolve) => {
    call.on('status', ({ code, details, metadata }: grpc.StatusObject) =>
      resolve({ code, details, version: metadata.get('version').join(), got }),
    );
  });
}

function unary(client: grpc.Client, path: string, text: string, id = '124'): Promise<Result> {
  const got: string[] = [];
  const call = client.makeUnaryRequest(
    path,
    unchanged,
    unchanged,
    Buffer.from(text),
    user(id),
    (_, reply) => {
      if (reply !== undefined) got.push(`${reply}`);
    },
  );
  return settle(call, got);
}

t.test(
  'a unary call goes to the decided version; message, trailers and status come back',
  async (t) => {
    const client = clientOf(t, await edgeOf(t));
    t.match(await unary(client, '/test.Echo/Say', 'hi', '123'), {
      code: 0,
      version: 'v2',
      got: ['hi:v2'],
    });
    t.match(await unary(client, '/test.Echo/Say', 'hi', '124'), {
      code: 0,
      version: 'v1',
      got: ['hi:v1'],
    });
  },
);

t.test('an error’s status and details pass, a method that isn’t there too', async (t) => {
  const client = clientOf(t, await edgeOf(t));
  const { NOT_FOUND, UNIMPLEMENTED } = grpc.status;
  const failed = await unary(client, '/test.Echo/Fail', '');
  t.match(failed, { code: NOT_FOUND, details: 'no such thing', version: 'v1' });
  t.match(await unary(client, '/test.Echo/Nothing', ''), { code: UNIMPLEMENTED });
});

t.test('streams pass in each direction', async (t) => {
  const client = clientOf(t, await edgeOf(t));
  const counted: string[] = [];
  const count = client.makeServerStreamRequest(
    '/test.Echo/Count',
    unchanged,
    unchanged,
    Buffer.from(''),
    user('123'),
  );
  count.on('data', (chunk: Buffer) => counted.push(`${chunk}`));
  t.match(await settle(count, counted), { code: 0, version: 'v2' });
  t.equal(counted.length, 100);
  const sum: string[] = [];
  const collect = client.makeClientStreamRequest(
    '/test.Echo/Collect',
    unchanged,
    unchanged,
    user('123'),
    (_, reply) => sum.push(`${reply}`),
  );
  for (let i = 0; i < 20; i += 1) collect.write(Buffer.alloc(100_000));
  collect.end();
  t.match(await settle(collect, sum), { code: 0, version: 'v2', got: ['2000000'] });
});

t.test('both sides speak in turn on one bidirectional stream', async (t) => {
  const client = clientOf(t, await edgeOf(t));
  const chat = client.makeBidiStreamRequest('/test.Echo/Chat', unchanged, unchanged, user('123'));
  const got: string[] = [];
  const ended = settle(chat, got);
  chat.on('data', (chunk: Buffer) => got.push(`${chunk}`));
  for (const text of ['one', 'two', 'three']) {
    chat.write(Buffer.from(text));
    await until(() => got.at(-1) === text);
  }
  chat.end();
  t.match(await ended, { code: 0, version: 'v2', got: ['one', 'two', 'three'] });
});

t.test('a call that its client cancels is cancelled at the service', async (t) => {
  let cancelled = false;
  const edge = await edgeOf(t, () => {
    cancelled = true;
  });
  const chat = clientOf(t, edge).makeBidiStreamRequest(
    '/test.Echo/Chat',
    unchanged,
    unchanged,
    user('124'),
  );
  chat.on('error', () => {});
  chat.write(Buffer.from('hi'));
  await new Promise((resolve) => chat.once('data', resolve));
  chat.cancel();
  await until(() => cancelled && edge.stats().inFlight === 0);
});

t.test('a service that isn’t there is UNAVAILABLE', async (t) => {
  const edge = await edgeFor(t, { upstream: 'h2c://127.0.0.1:1' });
  const { code } = await unary(clientOf(t, edge), '/test.Echo/Say', 'hi');
  t.equal(code, grpc.status.UNAVAILABLE);
});

t.test(
  'a service that dies within a stream never ends it as complete, and is asked anew',
  async (t) => {
    let asked = 0;
    const server = createServer().on('stream', (stream: ServerHttp2Stream) => {
      asked += 1;
      stream.on('error', () => {}).respond({ ':status': 200 });
      if (asked === 1) stream.write('half', () => stream.session?.destroy());
      else stream.end('whole');
    });
    const url = (await listen(t, server as never)).replace('http:', 'h2c:');
    const edge = await edgeFor(t, { upstream: url });
    t.not((await curl('--http2-prior-knowledge', edge.address.url)).exit, 0);
    t.equal((await curl(edge.address.url)).out, 'whole');
  },
);

t.test('a client of HTTP/1.1 reaches a service of HTTP/2, with body and trailers', async (t) => {
  const server = createServer().on('stream', (stream: ServerHttp2Stream, headers) => {
    stream
      .on('error', () => {})
      .respond({ ':status': 200, 'x-host': headers[':authority'] }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '42' }));
    stream.pipe(stream);
  });
  const url = (await listen(t, server as never)).replace('http:', 'h2c:');
  const edge = await edgeFor(t, { upstream: url });
  const { out } = await curl('-D-', '-H', 'Host: shop.example', '-d', 'hello', edge.address.url);
  t.match(out, /x-host: shop.example[\s\S]*hello/);
  const session = connect2(edge.address.url);
  t.teardown(() => session.destroy());
  const stream = session.request({ ':path': '/' });
  const trailers = await new Promise((resolve) => stream.on('trailers', resolve).resume());
  t.match(trailers, { 'x-sum': '42' });
});
