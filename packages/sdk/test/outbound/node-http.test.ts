import { once } from 'node:events';
import { get, type RequestOptions } from 'node:http';
import { variant } from '@tinct/sdk';
import { upgrade } from '@tinct/sdk/http';
import t from 'tap';
import { WebSocketServer, WebSocket as WsClient } from 'ws';
import { DECISION, leaks, listen, lookup, serving, valuesOf } from './helpers.ts';

async function ask(port: number, host: string, options: RequestOptions = {}): Promise<void> {
  const [response] = await once(get({ host, port, lookup, agent: false, ...options }), 'response');
  await once(response.resume(), 'end');
}

t.test('node:http is colored on request, and not after close', async (t) => {
  const heard = await listen((_req, res) => res.end());
  t.teardown(() => heard.close());
  const plain = serving();
  await plain.within(() => ask(heard.port, 'reviews'));
  t.strictSame(leaks(heard.requests.at(-1)), [], 'it is off by default');
  plain.tinct.close();

  const { tinct, within } = serving({ outbound: { http: true } });
  const headers = { baggage: 'a=1', 'X-Tinct-My-Service': 'old', 'X-Own': 'stays' };
  await within(() => ask(heard.port, 'reviews', { headers }));
  const seen = heard.requests.at(-1);
  t.strictSame(valuesOf(seen, 'x-tinct-decision'), [DECISION]);
  t.strictSame(valuesOf(seen, 'x-tinct-my-service'), ['v2']);
  t.strictSame(valuesOf(seen, 'baggage'), ['tinct.my-service=v2,a=1']);
  t.strictSame(valuesOf(seen, 'x-own'), ['stays']);

  await within(() => ask(heard.port, 'api.example', { headers }));
  t.strictSame(leaks(heard.requests.at(-1)), [], 'other hosts hear nothing');
  t.strictSame(valuesOf(heard.requests.at(-1), 'baggage'), ['a=1']);

  tinct.close();
  await within(() => ask(heard.port, 'reviews'));
  t.strictSame(leaks(heard.requests.at(-1)), [], 'it is off again');
});

t.test('a WebSocket keeps the colors of its handshake, in and out', async (t) => {
  const { tinct, within } = serving({ outbound: { http: true } });
  t.teardown(() => tinct.close());
  const heard = await listen((_req, res) => res.end());
  const sockets = new WebSocketServer({ noServer: true });
  const greet = upgrade(tinct, (req, socket, head) =>
    sockets.handleUpgrade(req, socket, head, (connection) => {
      connection.on('message', () => connection.send(variant('my-service') ?? 'nothing'));
    }),
  );
  heard.server.on('upgrade', greet);
  t.teardown(() => heard.close());
  const client = await within(
    async () => new WsClient(`ws://localhost:${heard.port}`, { lookup } as never),
  );
  await once(client, 'open');
  client.send('which?');
  const [answer] = await once(client, 'message');
  t.equal(`${answer}`, 'v2');
  client.terminate();
});
