/** A web service that decides, and a gRPC service behind it that carries. Prints the web service's address. */
import { createServer } from 'node:http';
import { join } from 'node:path';
import grpc from '@grpc/grpc-js';
import { createTinct, variant } from '@tinct/sdk';
import { clientInterceptor, serverInterceptor } from '@tinct/sdk/grpc';
import { tinct } from '@tinct/sdk/http';

const serialize = (value: string): Buffer => Buffer.from(value);
const deserialize = (bytes: Buffer): string => bytes.toString();
const PATH = '/greeting/Greet';
const GREETING = {
  greet: {
    ...{ path: PATH, requestStream: false, responseStream: false },
    ...{ requestSerialize: serialize, requestDeserialize: deserialize },
    ...{ responseSerialize: serialize, responseDeserialize: deserialize },
  },
} as const;

// The gRPC service: it has no plan, and reads what the web service decided.
const server = new grpc.Server({ interceptors: [serverInterceptor({ trust: 'mesh' })] });
server.addService(GREETING, {
  greet: (call: grpc.ServerUnaryCall<string, string>, done: grpc.sendUnaryData<string>) => {
    const hello = variant('greeting') === 'v2' ? 'Hello' : 'Good day';
    done(null, `${hello}, ${call.request}\n`);
  },
});
const port = await new Promise<number>((resolve, reject) => {
  const insecure = grpc.ServerCredentials.createInsecure();
  server.bindAsync('127.0.0.1:0', insecure, (error, bound) =>
    error === null ? resolve(bound) : reject(error),
  );
});

// The web service.
const loopback = { cidr: ['127.0.0.1'] };
const plan = join(import.meta.dirname, 'plan.yaml');
const service = createTinct({ trust: loopback, identityTrust: loopback, plan });
const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
  interceptors: [clientInterceptor(service)],
});
const web = createServer(
  tinct(service, (_req, res) => {
    client.makeUnaryRequest(PATH, serialize, deserialize, 'reader', (error, answer) =>
      res.end(error === null ? answer : error.message),
    );
  }),
).listen(0, '127.0.0.1', () => {
  const address = web.address();
  process.stdout.write(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}\n`);
});
