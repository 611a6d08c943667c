import grpc from '@grpc/grpc-js';
import { type Tinct, variant } from '@tinct/sdk';
import { clientInterceptor, serverInterceptor } from '@tinct/sdk/grpc';
import t from 'tap';
import { serving } from './helpers.ts';

const text = {
  requestSerialize: (value: string) => Buffer.from(value),
  requestDeserialize: (bytes: Buffer) => bytes.toString(),
  responseSerialize: (value: string) => Buffer.from(value),
  responseDeserialize: (bytes: Buffer) => bytes.toString(),
};
const SERVICE = {
  ask: { path: '/shop/ask', requestStream: false, responseStream: false, ...text },
  talk: { path: '/shop/talk', requestStream: true, responseStream: true, ...text },
} as const;

const known = () => variant('my-service') ?? 'nothing';

async function serve(
  tinct: Tinct,
): Promise<{ server: grpc.Server; port: number; seen: grpc.Metadata[] }> {
  const seen: grpc.Metadata[] = [];
  const server = new grpc.Server({ interceptors: [serverInterceptor(tinct)] });
  server.addService(SERVICE, {
    ask: (call: grpc.ServerUnaryCall<string, string>, done: grpc.sendUnaryData<string>) => {
      seen.push(call.metadata);
      setImmediate(() => done(null, known()));
    },
    talk: (call: grpc.ServerDuplexStream<string, string>) => {
      call.on('data', () => setImmediate(() => call.write(known())));
      call.on('end', () => setImmediate(() => call.end()));
    },
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { server, port, seen };
}

function clientOf(target: string, interceptors: grpc.Interceptor[]): grpc.Client {
  return new grpc.Client(target, grpc.credentials.createInsecure(), { interceptors });
}

interface Answer {
  readonly value: string;
  readonly served: unknown;
}

function ask(client: grpc.Client, metadata = new grpc.Metadata()): Promise<Answer> {
  const { path, requestSerialize, responseDeserialize } = SERVICE.ask;
  return new Promise((resolve, reject) => {
    let served: unknown;
    client
      .makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        'x',
        metadata,
        (error, value) => (error ? reject(error) : resolve({ value: value ?? '', served })),
      )
      .on('metadata', (head) => {
        [served] = head.get('x-tinct-served');
      });
  });
}

function talk(client: grpc.Client): Promise<string[]> {
  const { path, requestSerialize, responseDeserialize } = SERVICE.talk;
  const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
  const answers: string[] = [];
  return new Promise((resolve, reject) => {
    call.on('data', (answer: string) => {
      answers.push(answer);
      if (answers.length === 2) call.end();
      else call.write('b');
    });
    call.on('error', reject);
    call.on('end', () => resolve(answers));
    call.write('a');
  });
}

t.test('gRPC: unary and streaming calls carry the color, and handlers see it', async (t) => {
  const { tinct, within } = serving({ version: 'v2' });
  const { server, port, seen } = await serve(tinct);
  const client = clientOf(`127.0.0.1:${port}`, [clientInterceptor(tinct)]);
  t.teardown(() => {
    client.close();
    server.forceShutdown();
    tinct.close();
  });
  const metadata = new grpc.Metadata();
  metadata.set('baggage', 'a=1');
  metadata.set('x-tinct-my-service', 'old');
  t.strictSame(await within(() => ask(client, metadata)), { value: 'v2', served: 'v2' });
  t.strictSame(seen[0]?.get('baggage'), ['tinct.my-service=v2,a=1']);
  t.strictSame(seen[0]?.get('x-tinct-my-service'), ['v2']);
  t.strictSame(await within(() => talk(client)), ['v2', 'v2']);
  t.equal((await ask(client)).value, 'nothing', 'outside of a request');
});

t.test('gRPC: other hosts hear nothing', async (t) => {
  const { tinct, within } = serving({ outbound: { hosts: () => false } });
  const { server, port, seen } = await serve(tinct);
  const client = clientOf(`dns:///localhost:${port}`, [clientInterceptor(tinct)]);
  t.teardown(() => {
    client.close();
    server.forceShutdown();
    tinct.close();
  });
  const metadata = new grpc.Metadata();
  metadata.set('x-tinct-my-service', 'v2');
  t.equal((await within(() => ask(client, metadata))).value, 'nothing');
  t.strictSame(
    Object.keys(seen[0]?.getMap() ?? {}).filter((name) => name.includes('tinct')),
    [],
  );
});

t.test('gRPC: attack: metadata of a client that is not trusted', async (t) => {
  const { tinct } = serving({ trust: { cidr: ['10.0.0.0/8'] }, version: 'v2' });
  const { server, port } = await serve(tinct);
  const client = clientOf(`127.0.0.1:${port}`, []);
  t.teardown(() => {
    client.close();
    server.forceShutdown();
    tinct.close();
  });
  const metadata = new grpc.Metadata();
  metadata.set('x-tinct-my-service', 'v2');
  t.strictSame(await ask(client, metadata), { value: 'nothing', served: undefined });
});
