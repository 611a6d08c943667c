/** Memory of connections that have asked once and now wait. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { grouped } from '../../table.ts';
import {
  type Hop,
  known,
  originOf,
  proxiesOf,
  type Result,
  type Setting,
  tinctWith,
} from './setting.ts';

const AT_A_TIME = 100;

/** One request, answered; then silence. */
async function idler(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nhost: shop.example\r\nx-user-id: user-1\r\n\r\n');
  await once(socket, 'data');
  return socket;
}

async function hold(port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const next = Math.min(AT_A_TIME, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: next }, () => idler(port)))));
  }
  return sockets;
}

/** Bytes for each of so many, beside what a hundred take. */
async function bytesEach({ port, program }: Hop, count: number): Promise<number> {
  const first = await hold(port, AT_A_TIME);
  await setTimeout(500);
  const before = program.memoryBytes;
  const sockets = await hold(port, count);
  await setTimeout(500);
  const each = (program.memoryBytes - before) / count;
  for (const socket of [...first, ...sockets]) socket.destroy();
  return each;
}

export async function idle(setting: Setting): Promise<Result> {
  const { proxies, notes } = await proxiesOf(setting, await originOf(setting), {
    tinct: tinctWith(),
    'nginx + Lua': known('nginx + Lua'),
    HAProxy: known('HAProxy'),
    '@fastify/http-proxy': known('@fastify/http-proxy'),
    'http-proxy-3': known('http-proxy-3'),
    'node:http hello': known('node:http hello'),
  });
  const all: { name: string; bytes: number }[] = [];
  for (const proxy of proxies) {
    setting.progress(proxy.name);
    all.push({ name: proxy.name, bytes: await bytesEach(proxy, setting.idle) });
  }
  const tinct = all[0]?.bytes ?? 1;
  return {
    title: `Memory of the process per idle connection, at ${grouped(setting.idle)}`,
    head: ['who', 'kB', '÷ tinct'],
    rows: all.map(({ name, bytes }) => [name, grouped(bytes / 1000, 1), grouped(bytes / tinct, 2)]),
    notes,
  };
}
