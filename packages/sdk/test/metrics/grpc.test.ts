/** What is counted of gRPC calls: a real server and a real client of @grpc/grpc-js. */
import grpc from '@grpc/grpc-js';
import type { Tinct } from '@tinct/sdk';
import { serverInterceptor } from '@tinct/sdk/grpc';
import { metricsOf } from '@tinct/sdk/metrics';
import t, { type Test } from 'tap';
import { COLORED, serving } from '../outbound/helpers.ts';

const text = {
  requestSerialize: (value: string) => Buffer.from(value),
  requestDeserialize: (bytes: Buffer) => bytes.toString(),
  responseSerialize: (value: string) => Buffer.from(value),
  responseDeserialize: (bytes: Buffer) => bytes.toString(),
};
const SERVICE = {
  ask: { path: '/shop/ask', requestStream: false, responseStream: false, ...text },
} as const;

/** Answers with the status that it is asked for; `hang`: never. */
async function serve(t: Test, tinct: Tinct, heard: () => void): Promise<grpc.Client> {
  const server = new grpc.Server({ interceptors: [serverInterceptor(tinct)] });
  server.addService(SERVICE, {
    ask: ({ request }: grpc.ServerUnaryCall<string, string>, done: grpc.sendUnaryData<string>) => {
      heard();
      if (request === 'hang') return;
      const code = Number(request);
      if (code === 0) done(null, 'fine');
      else done({ code, details: 'on purpose' });
    },
  });
  const credentials = grpc.ServerCredentials.createInsecure();
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync('127.0.0.1:0', credentials, (error, port) =>
    error ? reject(error) : resolve(port),
  );
  const client = new grpc.Client(`127.0.0.1:${await promise}`, grpc.credentials.createInsecure());
  t.teardown(() => {
    client.close();
    server.forceShutdown();
    tinct.close();
  });
  return client;
}

function call(client: grpc.Client, what: string, more: Record<string, string> = {}) {
  const metadata = new grpc.Metadata();
  for (let i = 0; i < COLORED.length; i += 2)
    metadata.add(COLORED[i] as string, COLORED[i + 1] as string);
  for (const [name, value] of Object.entries(more)) metadata.set(name, value);
  const { promise, resolve } = Promise.withResolvers<number>();
  const { path, requestSerialize, responseDeserialize } = SERVICE.ask;
  const made = client.makeUnaryRequest(
    path,
    requestSerialize,
    responseDeserialize,
    what,
    metadata,
    (error) => resolve(error?.code ?? grpc.status.OK),
  );
  return { made, code: promise };
}

/** Each counter's series as `class or cause → how many`, those that are 0 left out. */
function counted(tinct: Tinct) {
  const metrics = metricsOf(tinct, { serves: ['my-service'] });
  return async (name: string, label: string) => {
    const { resourceMetrics } = await metrics.collect();
    const all = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
    const points = all.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [];
    const told = points.map(({ attributes, value }) => [attributes[label] ?? '', value] as const);
    return Object.fromEntries(told.filter(([, value]) => value !== 0));
  };
}

const ERRORS: readonly string[] = [
  ...['UNKNOWN', 'DEADLINE_EXCEEDED', 'UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS'],
];
const CODES = Object.entries(grpc.status).filter(([name]) => Number.isNaN(Number(name)));

t.equal(CODES.length, 17, 'all statuses of gRPC');
for (const [name, code] of CODES)
  t.test(`gRPC ${name}`, async (t) => {
    const { tinct } = serving();
    const of = counted(tinct);
    const client = await serve(t, tinct, () => {});
    t.equal(await call(client, `${code}`).code, code);
    const wanted = ERRORS.includes(name) ? '5xx' : name === 'OK' ? '2xx' : '4xx';
    t.strictSame(await of('tinct_requests_total', 'class'), { [wanted]: 1 });
    t.strictSame(
      await of('tinct_errors_total', 'cause'),
      ERRORS.includes(name) ? { status: 1 } : {},
    );
  });

/** Ends with its condition. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

t.test('gRPC: a deadline that passes while the handler works is an error, once', async (t) => {
  const { tinct } = serving();
  const of = counted(tinct);
  const client = await serve(t, tinct, () => {});
  // The server alone has the deadline: nobody races it.
  const { code } = call(client, 'hang', { 'grpc-timeout': '50m' });
  t.equal(await code, grpc.status.DEADLINE_EXCEEDED);
  await until(async () => Object.keys(await of('tinct_requests_total', 'class')).length > 0);
  t.strictSame(await of('tinct_requests_total', 'class'), { '5xx': 1 });
  t.strictSame(await of('tinct_errors_total', 'cause'), { status: 1 });
});

t.test('gRPC: a client that leaves has abandoned its call', async (t) => {
  const { tinct } = serving();
  const of = counted(tinct);
  const heard = Promise.withResolvers<void>();
  const client = await serve(t, tinct, heard.resolve);
  const { made, code } = call(client, 'hang');
  await heard.promise;
  made.cancel();
  t.equal(await code, grpc.status.CANCELLED);
  await until(async () => Object.keys(await of('tinct_requests_total', 'class')).length > 0);
  t.strictSame(await of('tinct_requests_total', 'class'), { abandoned: 1 });
  t.strictSame(await of('tinct_errors_total', 'cause'), {});
});
