/** gRPC and WebSockets through the edge, a real gateway and its routes. */

import { type EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import * as grpc from '@grpc/grpc-js';
import t, { type Test } from 'tap';
import { WebSocket, WebSocketServer } from 'ws';
import { until } from '../harness/child.ts';
import { startMesh } from '../harness/mesh.ts';
import type { Serve } from '../harness/service.ts';
import { HOST, planText, writePlan } from '../harness/shop.ts';
import { type EdgeProcess, startEdge } from '../harness/tinct.ts';

const same = (bytes: Buffer): Buffer => bytes;
const method = (path: string, stream: boolean) => ({
  path,
  requestStream: stream,
  responseStream: stream,
  requestSerialize: same,
  requestDeserialize: same,
  responseSerialize: same,
  responseDeserialize: same,
});
const DEFINITION = { say: method('/test.Echo/Say', false), chat: method('/test.Echo/Chat', true) };

/** Names its version in its trailers. */
const serveGrpc: Serve = async (version, host, port) => {
  const server = new grpc.Server();
  const trailers = new grpc.Metadata();
  trailers.set('version', version);
  server.addService(DEFINITION, {
    say: (call: grpc.ServerUnaryCall<Buffer, Buffer>, done: grpc.sendUnaryData<Buffer>) =>
      done(null, call.request, trailers),
    chat: (call: grpc.ServerDuplexStream<Buffer, Buffer>) => {
      call.on('data', (chunk: Buffer) => call.write(chunk));
      call.on('end', () => call.end(trailers));
    },
  });
  await new Promise<void>((resolve, reject) =>
    server.bindAsync(`${host}:${port}`, grpc.ServerCredentials.createInsecure(), (error) =>
      error === null ? resolve() : reject(error),
    ),
  );
  return () => server.forceShutdown();
};

/** Says its version first, then sends back what comes. */
const serveWebSockets: Serve = async (version, host, port) => {
  const server = createServer((_, res) => void res.end(version));
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    socket.send(version);
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  server.listen(port, host);
  await once(server, 'listening');
  return () => {
    for (const socket of sockets.clients) socket.terminate();
    server.close();
    server.closeAllConnections();
  };
};

async function edgeOf(t: Test, portName: string, serve: Serve, scheme: string) {
  const mesh = await startMesh(t);
  const plan = writePlan(mesh, planText());
  const [gateway, routes] = await Promise.all([
    mesh.gateway(),
    plan.routes(),
    mesh.service('my-service', ['v1', 'v2'], { portName, serve }),
  ]);
  await mesh.apply(routes);
  const upstream = gateway.url.replace('http', scheme);
  return startEdge(mesh, { upstream, plan: plan.file });
}

const USERS = [
  ['123', 'v2'],
  ['124', 'v1'],
] as const;

function clientOf(t: Test, { url }: EdgeProcess) {
  const options = { 'grpc.default_authority': HOST };
  const credentials = grpc.credentials.createInsecure();
  const client = new grpc.Client(new URL(url).host, credentials, options);
  t.teardown(() => client.close());
  return client;
}

const metadataOf = (user: string): grpc.Metadata => {
  const metadata = new grpc.Metadata();
  metadata.set('user-id', user);
  metadata.set('x-tinct-my-service', 'v2');
  return metadata;
};

/** The version that the trailers name. */
function versionIn(call: EventEmitter): Promise<string> {
  return new Promise((resolve, reject) => {
    call.on('status', ({ code, metadata, details }: grpc.StatusObject) =>
      code === grpc.status.OK
        ? resolve(metadata.get('version').join())
        : reject(new Error(details)),
    );
    call.on('error', () => {});
  });
}

t.test('gRPC: unary and streaming, with trailers and status', async (t) => {
  const edge = await edgeOf(t, 'grpc', serveGrpc, 'h2c');
  const client = clientOf(t, edge);
  const { say, chat } = DEFINITION;
  const unary = (user: string) => {
    const call = client.makeUnaryRequest(
      say.path,
      same,
      same,
      Buffer.from('a'),
      metadataOf(user),
      () => {},
    );
    return versionIn(call);
  };
  await until('the route is there', () => unary('123'));
  for (const [user, version] of USERS) {
    t.equal(await unary(user), version);
    const call = client.makeBidiStreamRequest(chat.path, same, same, metadataOf(user));
    const version_ = versionIn(call);
    const got: string[] = [];
    call.on('data', (chunk: Buffer) => got.push(chunk.toString()));
    for (const text of ['one', 'two', 'three']) {
      call.write(Buffer.from(text));
      await until('it comes back', () => got.includes(text));
    }
    call.end();
    t.equal(await version_, version);
    t.strictSame(got, ['one', 'two', 'three'], 'in turns');
  }
});

t.test('WebSockets: the handshake decides, and bytes pass both ways', async (t) => {
  const edge = await edgeOf(t, 'http', serveWebSockets, 'http');
  const open = async (user: string) => {
    const headers = { host: HOST, 'user-id': user, 'x-tinct-my-service': 'v2' };
    const socket = new WebSocket(edge.url.replace('http', 'ws'), { headers });
    t.teardown(() => socket.terminate());
    const [version] = await once(socket, 'message');
    return { socket, version: String(version) };
  };
  await until('the route is there', () => open('123'));
  for (const [user, version] of USERS) {
    const opened = await open(user);
    t.equal(opened.version, version);
    const big = 'x'.repeat(100_000);
    opened.socket.send(big);
    t.equal(String((await once(opened.socket, 'message'))[0]), big);
    opened.socket.close(4001, 'enough');
    t.match(await once(opened.socket, 'close'), [4001]);
  }
});
