/** Messages of 100 bytes that come back, on 64 WebSockets, each of which waits for its echo. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket as Socket, WebSocket, WebSocketServer } from 'ws';
import { grouped } from '../../table.ts';
import {
  costOf,
  cpuPer,
  type Hop,
  inTurns,
  known,
  perSecond,
  proxiesOf,
  type Result,
  type Setting,
  tinctWith,
} from './setting.ts';

const SOCKETS = 64;
const MESSAGE = 'm'.repeat(100);

async function echoServer(): Promise<{ port: number; close: () => void }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  server.on('connection', (socket: Socket) =>
    socket.on('message', (data: Buffer) => socket.send(data, { binary: false })),
  );
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

async function open(port: number): Promise<WebSocket> {
  const headers = { host: 'shop.example', 'x-user-id': 'user-1' };
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { headers, perMessageDeflate: false });
  await once(socket, 'open');
  return socket;
}

/** How many came back. */
async function pingPong(sockets: readonly WebSocket[], seconds: number): Promise<number> {
  const until = performance.now() + seconds * 1000;
  const one = async (socket: WebSocket) => {
    let count = 0;
    while (performance.now() < until) {
      socket.send(MESSAGE);
      await once(socket, 'message');
      count += 1;
    }
    return count;
  };
  return (await Promise.all(sockets.map(one))).reduce((sum, count) => sum + count, 0);
}

export async function websocket(setting: Setting): Promise<Result> {
  const echo = await echoServer();
  try {
    const { proxies, notes } = await proxiesOf(
      setting,
      { v1: echo.port, v2: echo.port },
      {
        tinct: tinctWith(),
        'TCP relay in Node': known('TCP relay in Node'),
      },
    );
    const sockets = new Map<Hop, WebSocket[]>();
    for (const proxy of proxies)
      sockets.set(
        proxy,
        await Promise.all(Array.from({ length: SOCKETS }, () => open(proxy.port))),
      );
    const costs = await inTurns(proxies, setting, (proxy) =>
      costOf(proxy.program, () => pingPong(sockets.get(proxy) ?? [], setting.seconds)),
    );
    for (const socket of [...sockets.values()].flat()) socket.terminate();
    const tinct = cpuPer(costs.get(proxies[0] as Hop) ?? [], 1000);
    return {
      title: 'Processor time per 1,000 messages that go there and back',
      head: ['who', 'CPU ms', '÷ tinct', 'messages/s'],
      rows: [...costs].map(([{ name }, each]) => [
        name === 'tinct' ? name : `(${name})`,
        grouped(cpuPer(each, 1000), 1),
        grouped(cpuPer(each, 1000) / tinct, 2),
        grouped(perSecond(each)),
      ]),
      notes,
    };
  } finally {
    echo.close();
  }
}
