/** A gRPC and a WebSocket client, by TLS that they check. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import * as grpc from '@grpc/grpc-js';
import t from 'tap';
import { WebSocket } from 'ws';
import { grpcService, unchanged } from '../grpc-service.ts';
import { edgeFor } from '../helpers.ts';
import { certificates, NAME, shopFor } from './shop.ts';

t.test('@grpc/grpc-js by TLS: unary, and a conversation, with the decided version', async (t) => {
  const { authority, tls } = certificates(t);
  const [v1, v2] = [await grpcService(t, 'v1'), await grpcService(t, 'v2')];
  const edge = await edgeFor(t, { upstream: v1, direct: { 'my-service': { v1, v2 } }, tls });
  const credentials = grpc.credentials.createSsl(readFileSync(authority.cert));
  const named = { 'grpc.ssl_target_name_override': NAME, 'grpc.default_authority': NAME };
  const client = new grpc.Client(`127.0.0.1:${edge.address.port}`, credentials, named);
  t.teardown(() => client.close());

  for (const [user, version] of [
    ['123', 'v2'],
    ['124', 'v1'],
  ] as const) {
    const metadata = new grpc.Metadata();
    metadata.set('user-id', user);
    const said = await new Promise<string>((resolve, reject) => {
      const path = '/test.Echo/Say';
      client.makeUnaryRequest(
        path,
        unchanged,
        unchanged,
        Buffer.from('hi'),
        metadata,
        (error, reply) => (error === null ? resolve(`${reply}`) : reject(error)),
      );
    });
    t.equal(said, `hi:${version}`);

    const chat = client.makeBidiStreamRequest('/test.Echo/Chat', unchanged, unchanged, metadata);
    for (const word of ['one', 'two', 'three']) {
      chat.write(Buffer.from(word));
      const [heard] = (await once(chat, 'data')) as [Buffer];
      t.equal(`${heard}`, word, 'answered before the next is said');
    }
    const status = once(chat, 'status') as Promise<[grpc.StatusObject]>;
    chat.end();
    const [{ code, metadata: trailers }] = await status;
    t.equal(code, grpc.status.OK);
    t.same(trailers.get('version'), [version]);
  }
});

t.test('ws by TLS: the decided version answers', async (t) => {
  const { edge, authority } = await shopFor(t);
  const socket = new WebSocket(`wss://127.0.0.1:${edge.address.port}/socket`, [], {
    agent: new Agent({ ca: readFileSync(authority.cert), servername: NAME }),
    headers: { host: NAME, 'user-id': '123' },
  });
  t.teardown(() => socket.terminate());
  await once(socket, 'open');
  socket.send('hello');
  const [data] = await once(socket, 'message');
  t.equal(`${data}`, 'v2 says hello');
  socket.close(1000);
  const [code] = await once(socket, 'close');
  t.equal(code, 1000);
});
