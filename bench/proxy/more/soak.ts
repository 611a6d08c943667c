/** Driven as hard as it goes for minutes: does the heap stay where it is? */
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { grouped } from '../../table.ts';
import { drive } from '../wrk.ts';
import {
  type Hop,
  originOf,
  proxyOf,
  type Result,
  requestsFor,
  type Setting,
  tinctWith,
} from './setting.ts';

const PROBE = join(import.meta.dirname, 'heap-probe.ts');
const SAMPLES = 10;
/** What a collection leaves behind differs by so much. */
const FLAT_BYTES = 2_000_000;

interface Sample {
  readonly heapUsed: number;
  readonly external: number;
  readonly rss: number;
}

async function sampleOf({ program }: Hop): Promise<Sample> {
  program.said = '';
  program.signal('SIGUSR2');
  for (;;) {
    const [, said] = /^HEAP (.*)$/m.exec(program.said) ?? [];
    if (said !== undefined) return JSON.parse(said);
    if (program.hasEnded) throw new Error(`what is watched has ended:\n${program.said}`);
    await setTimeout(20);
  }
}

export async function soak(setting: Setting): Promise<Result> {
  const watched: ReturnType<typeof tinctWith> = (place) => {
    const [node = '', ...rest] = tinctWith()(place) as readonly string[];
    return [node, '--expose-gc', `--import=${PROBE}`, ...rest];
  };
  const proxy = await proxyOf(setting, 'tinct', await originOf(setting), watched);
  if (typeof proxy === 'string') throw new Error(proxy);
  const requests = await requestsFor(proxy);
  const url = `http://127.0.0.1:${proxy.port}`;
  const seconds = Math.max(1, Math.round((setting.minutes * 60) / SAMPLES));
  const rows: (string | number)[][] = [];
  const heaps: number[] = [];
  let total = 0;
  for (let i = 0; i <= SAMPLES; i++) {
    setting.progress(`${Math.round((i * seconds) / 6) / 10} of ${setting.minutes} minutes`);
    // The first turn is the warm-up: what is compiled stays.
    total += (await drive({ url, requests, connections: 64, seconds })).requests;
    const { heapUsed, external, rss } = await sampleOf(proxy);
    heaps.push(heapUsed);
    rows.push([i, grouped(total), ...[heapUsed, external, rss].map((n) => grouped(n / 1e6, 1))]);
  }
  const grown = (heaps.at(-1) ?? 0) - (heaps[1] ?? 0);
  const verdict = grown < FLAT_BYTES ? 'flat' : 'NOT flat';
  return {
    title: `${setting.minutes} minutes at full load; MB after a full collection`,
    head: ['sample', 'requests', 'heap', 'outside the heap', 'RSS'],
    rows,
    notes: [
      `From the second sample to the last the heap has grown by ${grouped(grown / 1e6, 2)} MB: ${verdict}.`,
    ],
  };
}
