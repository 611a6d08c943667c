/** A framework bare and with the middleware, beside each other on one core. */
import { join } from 'node:path';
import { atOnce } from '../proxy/at-once.ts';
import { freePort, type Processes, type Program } from '../proxy/processes.ts';
import type { User } from '../proxy/requests.ts';
import { type FrameworkName, LEAST, type Mode } from './contestants.ts';
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
    if (mode.startsWith('carry') || mode === LEAST) return hello !== carried;
    return asked[i]?.isVip ? hello !== 'v2' : !['v1', 'v2'].includes(hello);
  });
  if (wrong.length > 0) throw new Error(`${framework}, ${mode}: ${JSON.stringify(wrong[0])}`);
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
  const driven = runners.map((one) => ({ ...one, requests }));
  for (let done = 0; done < options.warmUp; ) {
    const warm = await atOnce(driven, { ...options, seconds: 1 });
    done += Math.min(...warm.map((one) => one.requests));
  }
  const turns = (await atOnce(driven, options)).map(({ us }) => us);
  await processes.stopAll();
  const [bareUs = Number.NaN, us = Number.NaN] = isSwapped ? turns.toReversed() : turns;
  return { bareUs, us };
}
