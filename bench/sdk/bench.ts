/** `pnpm bench sdk`: what the middleware costs, in each framework. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../decide/measure.ts';
import { machine } from '../proxy/bench.ts';
import { freePort, type Processes, type Program } from '../proxy/processes.ts';
import { type User, users } from '../proxy/requests.ts';
import { drive } from '../proxy/wrk.ts';
import { contestantsOf, FRAMEWORK_NAMES, type FrameworkName, type Mode } from './contestants.ts';
import { greeting, requestsFile } from './requests.ts';

export interface Options {
  readonly rounds: number;
  /** How long a turn takes. */
  readonly seconds: number;
  /** So many requests come first and do not count. */
  readonly warmUp: number;
  readonly connections: number;
  /** Frameworks by a part of their name; default all. */
  readonly only: readonly string[] | undefined;
  readonly progress: (what: string) => void;
}

export interface Row {
  readonly framework: string;
  readonly mode: string;
  /** Microseconds of processor time per request: the median of the rounds. */
  readonly cpuUs: number;
  /** Times of what the bare framework took in the same round: the median, the least and the most. */
  readonly ratio: number;
  readonly least: number;
  readonly most: number;
}

export interface Report {
  readonly machine: ReturnType<typeof machine>;
  readonly rows: readonly Row[];
}

/** One who takes turns. */
interface Runner {
  readonly framework: FrameworkName;
  readonly mode: Mode;
  readonly port: number;
  readonly program: Program;
  readonly turns: number[];
}

const SERVER = join(import.meta.dirname, 'server.ts');
const CHECKED = 200;

async function start(framework: FrameworkName, mode: Mode, processes: Processes): Promise<Runner> {
  const port = await freePort();
  const command = [process.execPath, SERVER, framework, mode, `${port}`];
  const program = await processes.start(command, port, 'measured');
  return { framework, mode, port, program, turns: [] };
}

/** Who is to be measured must do what it is measured for. */
async function check({ framework, mode, port }: Runner, all: readonly User[]): Promise<void> {
  const asked = all.slice(0, CHECKED);
  const answers = await Promise.all(asked.map((user, i) => greeting(port, user, i)));
  const wrong = answers.filter(({ hello, carried }, i) => {
    if (mode === 'bare' || mode === 'OpenTelemetry HTTP') return hello !== 'v1';
    if (mode.startsWith('carry')) return hello !== carried;
    return asked[i]?.isVip ? hello !== 'v2' : !['v1', 'v2'].includes(hello);
  });
  if (wrong.length > 0) throw new Error(`${framework}, ${mode}: ${JSON.stringify(wrong[0])}`);
}

/** Connections break when the machine stalls: so many times in a row is no longer its doing. */
const TRIES = 5;

async function turn(
  one: Runner,
  requests: string,
  options: Options,
  tries = TRIES,
): Promise<{ readonly us: number; readonly requests: number }> {
  const { program, port } = one;
  const { connections, seconds } = options;
  const before = program.cpuNs;
  const url = `http://127.0.0.1:${port}`;
  try {
    const driven = await drive({ url, requests, connections, seconds });
    return { us: (program.cpuNs - before) / 1000 / driven.requests, requests: driven.requests };
  } catch (error) {
    if (tries <= 1) throw error;
    return turn(one, requests, options, tries - 1);
  }
}

async function measure(
  runners: readonly Runner[],
  requests: string,
  options: Options,
): Promise<void> {
  for (const one of runners)
    for (let done = 0; done < options.warmUp; )
      done += (await turn(one, requests, options)).requests;
  for (let round = 0; round < options.rounds; round++)
    for (let i = 0; i < runners.length; i++) {
      const one = runners[(i + round) % runners.length] as Runner;
      one.turns.push((await turn(one, requests, options)).us);
    }
}

function rowOf({ framework, mode, turns }: Runner, bare: readonly number[]): Row {
  const ratios = turns.map((us, round) => us / (bare[round] ?? Number.NaN));
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  return { framework, mode, cpuUs: median(turns), ratio: median(ratios), least, most };
}

/** `folder`: where everything is written. The caller stops the processes. */
export async function sdkBench(
  folder: string,
  options: Options,
  processes: Processes,
): Promise<Report> {
  const about = machine();
  const all = users(2000);
  const requests = join(folder, 'requests');
  writeFileSync(requests, requestsFile(all));
  const rows: Row[] = [];
  const { only, progress } = options;
  for (const framework of FRAMEWORK_NAMES) {
    if (only !== undefined && !only.some((part) => framework.includes(part))) continue;
    progress(framework);
    const runners: Runner[] = [];
    for (const mode of contestantsOf(framework))
      runners.push(await start(framework, mode, processes));
    for (const one of runners) await check(one, all);
    await measure(runners, requests, options);
    await processes.stopAll();
    rows.push(...runners.map((one) => rowOf(one, runners[0]?.turns ?? [])));
  }
  return { machine: about, rows };
}
