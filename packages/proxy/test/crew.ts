/** Several workers as one edge, as tests start and ask them. */
import { get } from 'node:http';
import type { Worker } from 'node:worker_threads';
import type { Test } from 'tap';
import type { EdgeOptions } from '../src/index.ts';
import type { Engine } from '../src/run/engine.ts';
import { type Care, startCrew } from '../src/workers/crew.ts';
import { echo, planText, TextSource } from './helpers.ts';

/** So many connections reach both of two workers, but for one case in 2^39. */
export const MANY = 40;

/** The threads of this process, as they begin. */
export const threads: Worker[] = [];
process.on('worker', (worker: Worker) => threads.push(worker));

export interface Crewed extends Engine {
  readonly deaths: unknown[];
  readonly lines: string[];
}

export async function crewFor(
  t: Test,
  options: Partial<EdgeOptions> = {},
  workers = 2,
  care: Care = {},
): Promise<Crewed> {
  const [v1, v2] = [await echo(t, 'v1'), await echo(t, 'v2')];
  const [deaths, lines]: [unknown[], string[]] = [[], []];
  const given = {
    upstream: v1,
    direct: { 'my-service': { v1, v2 } },
    plan: new TextSource(planText()),
    trustedHops: ['127.0.0.0/8'],
    graceMs: 1000,
    ...options,
  };
  const events = {
    onDied: (error: unknown) => deaths.push(error),
    onLine: (line: string) => lines.push(line),
  };
  const crew = await startCrew(given, workers, events, care);
  t.teardown(() => crew.close());
  return { ...crew, deaths, lines };
}

export interface Got {
  readonly status: number;
  readonly version: string;
  readonly cookie: string | undefined;
}

/** One request on a connection of its own: the system may give it to any worker. */
export function ask(
  { address }: Pick<Engine, 'address'>,
  headers: Record<string, string> = {},
  patienceMs = 0,
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const sent = get(address.url, { agent: false, headers }, (res) => {
      let text = '';
      res.setEncoding('latin1').on('data', (part: string) => {
        text += part;
      });
      res.on('error', reject).on('end', () => {
        const { statusCode: status = 0, headers } = res;
        const version = status === 200 ? JSON.parse(text).version : '';
        resolve({ status, version, cookie: headers['set-cookie']?.[0] });
      });
    }).on('error', reject);
    if (patienceMs > 0) sent.setTimeout(patienceMs, () => sent.destroy(new Error('no answer')));
  });
}

export const askMany = (
  crew: Engine,
  count = MANY,
  headers?: Record<string, string>,
): Promise<Got[]> => Promise.all(Array.from({ length: count }, () => ask(crew, headers)));

export const versionsOf = (all: readonly Got[]): string[] => [
  ...new Set(all.map(({ version }) => version)),
];
