/**
 * Two servers beside each other on one core, both as busy as they can be: the kernel gives each of them some milliseconds
 * in turn, so that whatever else the machine does hits both alike.
 */
import { join } from 'node:path';
import { freePort, type Processes, type Program } from '../proxy/processes.ts';
import type { User } from '../proxy/requests.ts';
import { type Driven, drive } from '../proxy/wrk.ts';
import type { FrameworkName, Mode } from './contestants.ts';
import { greeting } from './requests.ts';

export interface PairOptions {
  /** How long both are measured. */
  readonly seconds: number;
  /** So many requests to each come first and do not count. */
  readonly warmUp: number;
  /** To each. */
  readonly connections: number;
}

/** Microseconds of processor time per request. */
export interface Measured {
  readonly bareUs: number;
  readonly us: number;
}

interface Runner {
  readonly framework: FrameworkName;
  readonly mode: Mode;
  readonly port: number;
  readonly program: Program;
}

const SERVER = join(import.meta.dirname, 'server.ts');
const CHECKED = 200;

async function start(framework: FrameworkName, mode: Mode, processes: Processes): Promise<Runner> {
  const port = await freePort();
  const command = [process.execPath, SERVER, framework, mode, `${port}`];
  const program = await processes.start(command, port, 'measured');
  return { framework, mode, port, program };
}

/** Who is to be measured must do what it is measured for. */
async function check({ framework, mode, port }: Runner, all: readonly User[]): Promise<void> {
  const asked = all.slice(0, CHECKED);
  const answers = await Promise.all(asked.map((user, i) => greeting(port, user, i)));
  const wrong = answers.filter(({ hello, carried }, i) => {
    if (mode.startsWith('bare') || mode === 'OpenTelemetry HTTP') return hello !== 'v1';
    if (mode.startsWith('carry')) return hello !== carried;
    return asked[i]?.isVip ? hello !== 'v2' : !['v1', 'v2'].includes(hello);
  });
  if (wrong.length > 0) throw new Error(`${framework}, ${mode}: ${JSON.stringify(wrong[0])}`);
}

/** Connections break when the machine stalls: so many times in a row is no longer its doing. */
const TRIES = 5;

interface Turn {
  readonly requests: number;
  readonly us: number;
}

/** Both at the same time. */
async function turn(
  runners: readonly Runner[],
  requests: string,
  { connections, seconds }: Pick<PairOptions, 'connections' | 'seconds'>,
  tries = TRIES,
): Promise<Turn[]> {
  const before = runners.map(({ program }) => program.cpuNs);
  const driven = await Promise.allSettled(
    runners.map(({ port }) =>
      drive({ url: `http://127.0.0.1:${port}`, requests, connections, seconds }),
    ),
  );
  const failed = driven.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') {
    if (tries <= 1) throw failed.reason;
    return turn(runners, requests, { connections, seconds }, tries - 1);
  }
  return runners.map(({ program }, i) => {
    const { requests: count } = (driven[i] as PromiseFulfilledResult<Driven>).value;
    return { requests: count, us: (program.cpuNs - (before[i] ?? 0)) / 1000 / count };
  });
}

/**
 * The bare framework and one mode of it, in fresh processes that end with this; `isSwapped`: the mode is started first.
 * `requests`: wrk's file; `all`: whose they are.
 */
export async function measurePair(
  [framework, mode, isSwapped]: readonly [FrameworkName, Mode, boolean],
  [requests, all]: readonly [string, readonly User[]],
  options: PairOptions,
  processes: Processes,
): Promise<Measured> {
  const modes: readonly Mode[] = isSwapped ? [mode, 'bare'] : ['bare', mode];
  const runners: Runner[] = [];
  for (const one of modes) runners.push(await start(framework, one, processes));
  for (const one of runners) await check(one, all);
  for (let done = 0; done < options.warmUp; ) {
    const warm = await turn(runners, requests, { ...options, seconds: 1 });
    done += Math.min(...warm.map((one) => one.requests));
  }
  const turns = (await turn(runners, requests, options)).map(({ us }) => us);
  await processes.stopAll();
  const [bareUs = Number.NaN, us = Number.NaN] = isSwapped ? turns.toReversed() : turns;
  return { bareUs, us };
}
