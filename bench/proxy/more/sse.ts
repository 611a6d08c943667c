/** Server-sent events: a thousand clients, and how long an event takes from the service to them. */
import { once } from 'node:events';
import { Agent, createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { median } from '../../decide/measure.ts';
import { grouped } from '../../table.ts';
import {
  costOf,
  cpuPer,
  type Hop,
  inTurns,
  known,
  proxiesOf,
  type Result,
  type Setting,
  tinctWith,
} from './setting.ts';

const CLIENTS = 1000;
const EVERY_MS = 500;
const OTHERS = 'Without others: how they pass events on was not tried.';

/** A service with an event for everybody whenever it is told. */
async function eventServer() {
  const listeners = new Set<ServerResponse>();
  const server = createServer((_, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    res.flushHeaders();
    listeners.add(res);
    res.on('close', () => listeners.delete(res));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const say = () => {
    for (const res of listeners) res.write(`data: ${performance.now()}\n\n`);
  };
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { port: (server.address() as AddressInfo).port, say, close };
}

async function listen(port: number, agent: Agent, delays: number[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const headers = { host: 'shop.example', 'x-user-id': 'user-1', accept: 'text/event-stream' };
  const sent = request({ port, agent, host: '127.0.0.1', path: '/events', headers }, (res) => {
    res
      .on('error', () => {})
      .on('data', (chunk: Buffer) => {
        for (const [, at] of chunk.toString().matchAll(/data: ([\d.]+)/g))
          delays.push(performance.now() - Number(at));
      });
    resolve();
  });
  sent.on('error', reject).end();
  await promise;
}

export async function sse(setting: Setting): Promise<Result> {
  const service = await eventServer();
  const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
  try {
    const { proxies, notes } = await proxiesOf(
      setting,
      { v1: service.port, v2: service.port },
      {
        tinct: tinctWith(),
        'TCP relay in Node': known('TCP relay in Node'),
      },
    );
    const delays = new Map<Hop, number[]>(proxies.map((proxy) => [proxy, []]));
    const rows: (string | number)[][] = [];
    // One after another: every event goes to whoever listens.
    for (const proxy of proxies) {
      const heard = delays.get(proxy) ?? [];
      const own = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
      await Promise.all(Array.from({ length: CLIENTS }, () => listen(proxy.port, own, heard)));
      const costs = await inTurns([proxy], setting, () =>
        costOf(proxy.program, async () => {
          const before = heard.length;
          for (let i = 0; i < (setting.seconds * 1000) / EVERY_MS; i++) {
            service.say();
            await setTimeout(EVERY_MS);
          }
          return heard.length - before;
        }),
      );
      own.destroy();
      const ms = cpuPer(costs.get(proxy) ?? [], 1000);
      rows.push([proxy.name, grouped(ms, 1), grouped(median(heard), 1)]);
    }
    return {
      title: `Events to ${grouped(CLIENTS)} clients at once, every ${EVERY_MS} ms`,
      head: ['who', 'CPU ms per 1,000 events', 'median delay in ms'],
      rows,
      notes: [...notes, OTHERS],
    };
  } finally {
    agent.destroy();
    service.close();
  }
}
