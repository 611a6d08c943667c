/** `pnpm bench proxy`: what a proxied request costs, beside the rivals that do the same work. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { median } from '../decide/measure.ts';
import { CONTESTANTS, type Contestant, originCommand } from './contestants.ts';
import type { Place } from './place.ts';
import { freePort, type Processes, type Program } from './processes.ts';
import { requestsFile, users } from './requests.ts';
import { sameWork } from './same-work.ts';
import { type Driven, drive, hasWrk } from './wrk.ts';

export interface Options {
  readonly rounds: number;
  /** How long a contestant's turn takes. */
  readonly seconds: number;
  /** So many requests come first and do not count. */
  readonly warmUp: number;
  readonly users: number;
  readonly connections: number;
  /** Contestants by a part of their name; default all. */
  readonly only?: readonly string[] | undefined;
  readonly progress: (what: string) => void;
}

export interface Row {
  readonly contestant: string;
  readonly work: Contestant['work'];
  /** Milliseconds of processor time per 1,000 requests: the median of the rounds, the least and the most. */
  readonly cpuMs: number;
  /** The same of each round. */
  readonly rounds: readonly number[];
  readonly least: number;
  readonly most: number;
  /** Requests per second with the core all its own, as far as others let it. */
  readonly rps: number;
  /** Milliseconds, at saturation. */
  readonly p99: number;
  /** Which part of the users got v2; `undefined` for floors. */
  readonly share: number | undefined;
}

export interface Report {
  readonly machine: { readonly cpu: string; readonly node: string; readonly load: number };
  readonly rows: readonly Row[];
  /** Who is missing, and why. */
  readonly notes: readonly string[];
}

export const machine = () => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  node: process.versions.node,
  load: loadavg()[0] ?? 0,
});

/** One who takes turns. */
interface Runner {
  readonly contestant: Contestant;
  readonly program: Program;
  readonly url: string;
  readonly requests: string;
  readonly share: number | undefined;
  readonly turns: { readonly cpuMs: number; readonly driven: Driven }[];
}

/** The services behind everybody: the ports of both versions. */
export async function startOrigin(folder: string, processes: Processes) {
  const place = { folder, v1: await freePort(), v2: await freePort() };
  const command = originCommand(place);
  if (command === undefined) throw new Error('nginx is not installed: there is no service');
  await processes.start(command, place.v1, 'others');
  return place;
}

async function runner(
  contestant: Contestant,
  place: Place,
  options: Options,
  processes: Processes,
): Promise<Runner | string> {
  const command = contestant.command(place);
  if (typeof command === 'string') return command;
  const program = await processes.start(command, place.port, 'measured');
  const { name, work, timesUsers = 1 } = contestant;
  const all = users(options.users * timesUsers);
  const checked = work === 'full' ? await sameWork(name, place.port, all) : undefined;
  const requests = join(place.folder, 'requests');
  writeFileSync(requests, requestsFile(all, checked?.cookies ?? new Map()));
  const url = `http://127.0.0.1:${place.port}`;
  return { contestant, program, url, requests, share: checked?.share, turns: [] };
}

async function turn({ program, url, requests }: Runner, { connections, seconds }: Options) {
  const before = program.cpuNs;
  const driven = await drive({ url, requests, connections, seconds });
  const cpuMs = (program.cpuNs - before) / 1000 / driven.requests;
  return { cpuMs, driven };
}

/** What is compiled on the way is not what a request costs: so many requests come before the first that counts. */
async function warmUp(one: Runner, options: Options): Promise<void> {
  for (let requests = 0; requests < options.warmUp; ) {
    const { driven } = await turn(one, options);
    requests += driven.requests;
  }
}

function rowOf({ contestant, turns, share }: Runner): Row {
  const cpu = turns.map(({ cpuMs }) => cpuMs);
  const each = (of: (driven: Driven) => number) => median(turns.map(({ driven }) => of(driven)));
  return {
    contestant: contestant.name,
    work: contestant.work,
    cpuMs: median(cpu),
    rounds: cpu,
    least: Math.min(...cpu),
    most: Math.max(...cpu),
    rps: each(({ requests, us }) => (requests * 1e6) / us),
    p99: each(({ p99 }) => p99 / 1000),
    share,
  };
}

async function runners(folder: string, options: Options, processes: Processes, notes: string[]) {
  const origin = await startOrigin(folder, processes);
  const wanted = ({ name }: Contestant) =>
    options.only === undefined || options.only.some((part) => name.includes(part));
  const all: Runner[] = [];
  for (const [i, contestant] of CONTESTANTS.filter(wanted).entries()) {
    options.progress(`${contestant.name}: does it do the same work?`);
    const own = join(folder, `${i}`);
    mkdirSync(own);
    const place = { ...origin, folder: own, port: await freePort() };
    const made = await runner(contestant, place, options, processes);
    if (typeof made === 'string') notes.push(`without ${contestant.name}: ${made}`);
    else all.push(made);
  }
  return all;
}

/** `folder`: where everything is written. The caller stops the processes. */
export async function proxyBench(
  folder: string,
  options: Options,
  processes: Processes,
): Promise<Report> {
  if (!hasWrk()) throw new Error('wrk is not installed: there is no load');
  const about = machine();
  const notes: string[] = [];
  const all = await runners(folder, options, processes, notes);
  options.progress('warm-up');
  for (const one of all) await warmUp(one, options);
  for (let round = 0; round < options.rounds; round++) {
    options.progress(`round ${round + 1} of ${options.rounds}`);
    for (let i = 0; i < all.length; i++) {
      const one = all[(i + round) % all.length] as Runner;
      one.turns.push(await turn(one, options));
    }
  }
  return { machine: about, rows: all.map(rowOf), notes };
}
