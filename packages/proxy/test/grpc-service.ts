/** A gRPC service of every kind of call. */
import * as grpc from '@grpc/grpc-js';
import type { Test } from 'tap';

/** Messages are bytes to these tests. */
export const unchanged = (bytes: Buffer): Buffer => bytes;
const method = (path: string, requestStream: boolean, responseStream: boolean) => ({
  path,
  requestStream,
  responseStream,
  requestSerialize: unchanged,
  requestDeserialize: unchanged,
  responseSerialize: unchanged,
  responseDeserialize: unchanged,
});
const definition = {
  say: method('/test.Echo/Say', false, false),
  fail: method('/test.Echo/Fail', false, false),
  collect: method('/test.Echo/Collect', true, false),
  count: method('/test.Echo/Count', false, true),
  chat: method('/test.Echo/Chat', true, true),
};

/** A gRPC service that names its version in its trailers. */
export async function grpcService(t: Test, version: string, onCancel = () => {}): Promise<string> {
  const server = new grpc.Server();
  const trailers = () => {
    const metadata = new grpc.Metadata();
    metadata.set('version', version);
    return metadata;
  };
  server.addService(definition, {
    say: (call: grpc.ServerUnaryCall<Buffer, Buffer>, done: grpc.sendUnaryData<Buffer>) => {
      const color = call.metadata.get('x-tinct-my-service').join();
      done(null, Buffer.concat([call.request, Buffer.from(`:${color}`)]), trailers());
    },
    fail: (_: unknown, done: grpc.sendUnaryData<Buffer>) =>
      done({ code: grpc.status.NOT_FOUND, details: 'no such thing', metadata: trailers() }),
    collect: (
      call: grpc.ServerReadableStream<Buffer, Buffer>,
      done: grpc.sendUnaryData<Buffer>,
    ) => {
      let size = 0;
      call.on('data', (chunk: Buffer) => {
        size += chunk.length;
      });
      call.on('end', () => done(null, Buffer.from(`${size}`), trailers()));
    },
    count: (call: grpc.ServerWritableStream<Buffer, Buffer>) => {
      for (let i = 0; i < 100; i += 1) call.write(Buffer.from(`${i}`));
      call.end(trailers());
    },
    chat: (call: grpc.ServerDuplexStream<Buffer, Buffer>) => {
      call.on('data', (chunk: Buffer) => call.write(chunk));
      call.on('end', () => call.end(trailers()));
      call.on('cancelled', onCancel);
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    const insecure = grpc.ServerCredentials.createInsecure();
    server.bindAsync('127.0.0.1:0', insecure, (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  t.teardown(() => server.forceShutdown());
  return `h2c://127.0.0.1:${port}`;
}
