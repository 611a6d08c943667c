/** What the smaller benchmarks share: services, proxies in front of them, turns, and a table at the end. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../../decide/measure.ts';
import { table } from '../../table.ts';
import { startOrigin } from '../bench.ts';
import { CONTESTANTS } from '../contestants.ts';
import type { Place } from '../place.ts';
import { freePort, type Processes, type Program } from '../processes.ts';
import { requestsFile, users } from '../requests.ts';
import { sameWork } from '../same-work.ts';
import { tinctCommand } from '../tinct.ts';

export interface Setting {
  /** Where everything is written. */
  readonly folder: string;
  readonly processes: Processes;
  readonly rounds: number;
  /** How long a turn takes. */
  readonly seconds: number;
  /** So many come first and do not count: what is compiled on the way is not what it costs. */
  readonly warmUp: number;
  readonly minutes: number;
  /** How many idle connections are held. */
  readonly idle: number;
  readonly progress: (what: string) => void;
}

export interface Result {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly notes?: readonly string[];
}

/** Somebody who stands between a client and the services. */
export interface Hop {
  readonly name: string;
  readonly program: Program;
  readonly port: number;
  readonly folder: string;
}

export type Origin = Awaited<ReturnType<typeof startOrigin>>;
type Command = (place: Place) => readonly string[] | string;

export const originOf = ({ folder, processes }: Setting): Promise<Origin> =>
  startOrigin(folder, processes);

export async function proxyOf(
  { folder, processes }: Setting,
  name: string,
  origin: Pick<Place, 'v1' | 'v2'>,
  command: Command,
): Promise<Hop | string> {
  const own = join(folder, name.replace(/\W+/g, '-'));
  mkdirSync(own);
  const port = await freePort();
  const place = { ...origin, folder: own, port };
  const made = command(place);
  if (typeof made === 'string') return made;
  return { name, program: await processes.start(made, port, 'measured'), port, folder: own };
}

/** Tinct, with this put over its configuration. */
export const tinctWith =
  (more: object = {}, others = 0): Command =>
  (place) =>
    tinctCommand(place, more, others);

/** One of those who take part in `pnpm bench proxy`. */
export const known =
  (name: string): Command =>
  (place) =>
    CONTESTANTS.find((each) => each.name === name)?.command(place) ?? `${name} is unknown`;

/** Starts those who can be started; says who is missing. */
export async function proxiesOf(
  setting: Setting,
  origin: Pick<Place, 'v1' | 'v2'>,
  commands: Readonly<Record<string, Command>>,
): Promise<{ proxies: Hop[]; notes: string[] }> {
  const proxies: Hop[] = [];
  const notes: string[] = [];
  for (const [name, command] of Object.entries(commands)) {
    const made = await proxyOf(setting, name, origin, command);
    if (typeof made === 'string') notes.push(`without ${name}: ${made}`);
    else proxies.push(made);
  }
  return { proxies, notes };
}

/** The file of requests for a proxy whose users have been there before. */
export async function requestsFor({ name, port, folder }: Hop): Promise<string> {
  const all = users(2000);
  const { cookies } = await sameWork(name, port, all);
  const file = join(folder, 'requests');
  writeFileSync(file, requestsFile(all, cookies));
  return file;
}

/** Processor time that something costs, and how often it was done. */
export async function costOf(program: Program, does: () => Promise<number>) {
  const before = program.cpuNs;
  const startedAt = performance.now();
  const count = await does();
  const seconds = (performance.now() - startedAt) / 1000;
  return { cpuMs: (program.cpuNs - before) / 1e6, count, seconds };
}

export type Cost = Awaited<ReturnType<typeof costOf>>;

/** What comes first takes so many turns at most. */
const WARM_UP_TURNS = 5;

/** Each of some has its turns, another one first in every round, after some that do not count. */
export async function inTurns<T>(
  all: readonly T[],
  { rounds, warmUp, progress }: Setting,
  turn: (one: T) => Promise<Cost>,
): Promise<ReadonlyMap<T, readonly Cost[]>> {
  for (const one of all)
    for (let done = 0, turns = 0; done < warmUp && turns < WARM_UP_TURNS; turns++)
      done += (await turn(one)).count;
  const costs = new Map<T, Cost[]>(all.map((one) => [one, []]));
  for (let round = 0; round < rounds; round++) {
    progress(`round ${round + 1} of ${rounds}`);
    for (let i = 0; i < all.length; i++) {
      const one = all[(i + round) % all.length] as T;
      costs.get(one)?.push(await turn(one));
    }
  }
  return costs;
}

export const cpuPer = (costs: readonly Cost[], unit: number): number =>
  median(costs.map(({ cpuMs, count }) => (cpuMs * unit) / count));

export const perSecond = (costs: readonly Cost[]): number =>
  median(costs.map(({ count, seconds }) => count / seconds));

export function printResult({ title, head, rows, notes = [] }: Result): string {
  return `${[title, table(head, rows), ...notes.map((note) => `\n${note}`)].join('\n')}\n`;
}
