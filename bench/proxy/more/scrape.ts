/** What it costs to be scraped: a thousand releases, of which none, some or all were counted since the last time. */
import { Agent, get, type OutgoingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { median } from '../../decide/measure.ts';
import { grouped } from '../../table.ts';
import { freePort } from '../processes.ts';
import {
  costOf,
  type Hop,
  originOf,
  proxyOf,
  type Result,
  type Setting,
  tinctWith,
} from './setting.ts';

const PROBE = join(import.meta.dirname, 'loop-probe.ts');
const RELEASES = 1000;
const SHARES = [0, 0.01, 0.1, 1];
/** So many requests for each release that is counted. */
const REQUESTS = 4;
const FORMATS = {
  'text 0.0.4': 'text/plain;version=0.0.4',
  OpenMetrics: 'application/openmetrics-text;version=1.0.0',
} as const;

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/** How many bytes were answered. */
function bytesOf(port: number, path: string, headers: OutgoingHttpHeaders): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  get({ host: '127.0.0.1', port, path, headers, agent }, (answer) => {
    let bytes = 0;
    answer.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    answer.on('end', () => resolve(bytes)).on('error', reject);
  }).on('error', reject);
  return promise;
}

/** The admin server listens after the edge. */
async function isUp(admin: number): Promise<void> {
  while ((await bytesOf(admin, '/healthz', {}).catch(() => 0)) === 0) await setTimeout(20);
}

/** A few requests of different users to each of the first releases. */
async function traffic(port: number, share: number): Promise<void> {
  for (let i = 0; i < RELEASES * share; i++) {
    const host = i === 0 ? 'shop.example' : `other-${i - 1}.example`;
    const asked = Array.from({ length: REQUESTS }, (_, user) =>
      bytesOf(port, '/', { host, 'x-user-id': `user-${i}-${user}` }),
    );
    await Promise.all(asked);
  }
}

/** Begins or ends to look; the longest turn in between, in milliseconds of processor time. */
async function pauseOf({ program }: Hop): Promise<number> {
  program.said = '';
  program.signal('SIGUSR2');
  for (;;) {
    const [, said] = /^PAUSE (.*)$/m.exec(program.said) ?? [];
    if (said !== undefined) return Number(said);
    await setTimeout(20);
  }
}

interface Measured {
  readonly proxy: Hop;
  readonly admin: number;
}

interface Scraped {
  readonly cpuMs: number;
  readonly ms: number;
  readonly pauseMs: number;
  readonly bytes: number;
}

/** Once for what it costs, once for its pauses: to look at each turn costs something too. */
async function scrape(measured: Measured, accept: string, share: number): Promise<Scraped> {
  const { proxy, admin } = measured;
  const read = () => bytesOf(admin, '/metrics', { accept });
  await traffic(proxy.port, share);
  const { cpuMs, count, seconds } = await costOf(proxy.program, read);
  await traffic(proxy.port, share);
  await pauseOf(proxy);
  await read();
  return { cpuMs, ms: seconds * 1000, pauseMs: await pauseOf(proxy), bytes: count };
}

const pauseText = (all: readonly number[]): string =>
  all.some(Number.isNaN) ? '' : `${grouped(median(all), 1)} (${grouped(Math.max(...all), 1)})`;

const rowOf = (name: string, share: string, all: readonly Scraped[]) => [
  name,
  share,
  grouped(median(all.map(({ cpuMs }) => cpuMs)), 1),
  grouped(Math.min(...all.map(({ cpuMs }) => cpuMs)), 1),
  grouped(median(all.map(({ ms }) => ms)), 1),
  pauseText(all.map(({ pauseMs }) => pauseMs)),
  grouped(median(all.map(({ bytes }) => bytes)) / 1e6, 1),
];

async function rowsOf(setting: Setting, measured: Measured, name: keyof typeof FORMATS) {
  const accept = FORMATS[name];
  const read = () => bytesOf(measured.admin, '/metrics', { accept });
  const { cpuMs, seconds, count } = await costOf(measured.proxy.program, read);
  const first = { cpuMs, ms: seconds * 1000, bytes: count, pauseMs: Number.NaN };
  const rows = [rowOf(name, 'first scrape', [first])];
  for (const share of SHARES) {
    const all: Scraped[] = [];
    for (let round = 0; round <= setting.rounds; round++) {
      setting.progress(`${name}, ${share * 100} %: round ${round} of ${setting.rounds}`);
      all.push(await scrape(measured, accept, share));
    }
    // The first one writes what its traffic brought for the first time, and is compiled on the way.
    rows.push(rowOf(name, `${share * 100} % counted`, all.slice(1)));
  }
  return rows;
}

export async function scrapes(setting: Setting): Promise<Result> {
  const admin = await freePort();
  const watched: ReturnType<typeof tinctWith> = (place) => {
    const [node = '', ...rest] = tinctWith(
      { admin: { port: admin } },
      RELEASES - 1,
    )(place) as readonly string[];
    return [node, `--import=${PROBE}`, ...rest];
  };
  const proxy = await proxyOf(setting, 'tinct', await originOf(setting), watched);
  if (typeof proxy === 'string') throw new Error(proxy);
  await isUp(admin);
  const rows: (string | number)[][] = [];
  for (const name of Object.keys(FORMATS) as (keyof typeof FORMATS)[])
    rows.push(...(await rowsOf(setting, { proxy, admin }, name)));
  agent.destroy();
  return {
    title: `A scrape of ${grouped(RELEASES)} releases`,
    head: ['format', 'releases', 'CPU ms', 'least', 'ms', 'longest turn, CPU ms', 'MB'],
    rows,
    notes: [
      'Longest turn: the median of the rounds, and the worst.',
      `The process holds ${grouped(proxy.program.memoryBytes / 1e6)} MB.`,
    ],
  };
}
