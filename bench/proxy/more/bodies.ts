/** Bodies of 10 MB, to the client and to the service. */
import { randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { grouped } from '../../table.ts';
import type { Place } from '../place.ts';
import {
  costOf,
  cpuPer,
  type Hop,
  inTurns,
  known,
  originOf,
  perSecond,
  proxiesOf,
  type Result,
  type Setting,
  tinctWith,
} from './setting.ts';

type Way = 'down' | 'up';

const BYTES = 10_000_000;
const AT_A_TIME = 4;
const BODY = randomFillSync(Buffer.alloc(BYTES));

/** Resolves with the bytes of the answer. */
function transfer(port: number, agent: Agent, way: Way): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const headers = { host: 'shop.example', 'x-user-id': 'user-1' };
  const isUp = way === 'up';
  const what = isUp ? { method: 'POST', path: '/upload' } : { method: 'GET', path: '/files/large' };
  const length = isUp ? { 'content-length': BYTES } : {};
  const to = { port, agent, host: '127.0.0.1', ...what, headers: { ...headers, ...length } };
  const sent = request(to, (res) => {
    let bytes = 0;
    res.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    res.on('error', reject).on('end', () => {
      const isWhole = res.statusCode === 200 && (isUp || bytes === BYTES);
      if (isWhole) resolve(bytes);
      else reject(new Error(`${way}: ${res.statusCode}, ${bytes} bytes`));
    });
  });
  sent.on('error', reject).end(isUp ? BODY : undefined);
  return promise;
}

async function transfers(port: number, way: Way, seconds: number): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  const until = performance.now() + seconds * 1000;
  let count = 0;
  const again = async () => {
    do {
      await transfer(port, agent, way);
      count += 1;
    } while (performance.now() < until);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, again));
  agent.destroy();
  return count;
}

/** A service that takes bodies whole and answers then. */
async function sink() {
  const server = createServer((req, res) => req.resume().on('end', () => res.end()));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const close = () => void server.close().closeAllConnections();
  return { v1: port, v2: port, close };
}

interface Turn {
  readonly proxy: Hop;
  readonly way: Way;
}

async function turnsOf(setting: Setting, way: Way, origin: Pick<Place, 'v1' | 'v2'>) {
  const apart = { ...setting, folder: join(setting.folder, way) };
  mkdirSync(apart.folder);
  const { proxies, notes } = await proxiesOf(apart, origin, {
    tinct: tinctWith(),
    'nginx + Lua': known('nginx + Lua'),
    '@fastify/http-proxy': known('@fastify/http-proxy'),
  });
  return { turns: proxies.map((proxy): Turn => ({ proxy, way })), notes };
}

export async function bodies(setting: Setting): Promise<Result> {
  const origin = await originOf(setting);
  writeFileSync(join(setting.folder, 'files/large'), BODY);
  const takes = await sink();
  try {
    const down = await turnsOf(setting, 'down', origin);
    const up = await turnsOf(setting, 'up', takes);
    return await measured(setting, [...down.turns, ...up.turns], down.notes);
  } finally {
    takes.close();
  }
}

/** Who cannot do it is named and left out. */
async function measured(
  setting: Setting,
  turns: readonly Turn[],
  notes: readonly string[],
): Promise<Result> {
  const failures: string[] = [];
  const able: Turn[] = [];
  for (const turn of turns)
    await transfers(turn.proxy.port, turn.way, 0).then(
      () => able.push(turn),
      ({ message }: Error) => failures.push(`without ${turn.proxy.name}: ${message}`),
    );
  const costs = await inTurns(able, setting, ({ proxy, way }) =>
    costOf(proxy.program, () => transfers(proxy.port, way, setting.seconds)),
  );
  const ms = (name: string, way: string) => {
    const found = [...costs].find(([turn]) => turn.proxy.name === name && turn.way === way);
    return found === undefined ? Number.NaN : cpuPer(found[1], 1);
  };
  return {
    title: 'Processor time per body of 10 MB, 4 at a time',
    head: ['who', 'way', 'CPU ms', '÷ tinct', 'MB/s'],
    rows: [...costs].map(([{ proxy, way }, each]) => [
      proxy.name,
      way,
      grouped(cpuPer(each, 1), 1),
      grouped(cpuPer(each, 1) / ms('tinct', way), 2),
      grouped((perSecond(each) * BYTES) / 1e6),
    ]),
    notes: [...notes, ...failures],
  };
}
