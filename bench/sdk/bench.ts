/** `pnpm bench sdk`: what the middleware costs, in each framework. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../decide/measure.ts';
import { machine } from '../proxy/bench.ts';
import type { Processes } from '../proxy/processes.ts';
import { users } from '../proxy/requests.ts';
import { contestantsOf, FRAMEWORK_NAMES } from './contestants.ts';
import { type Interval, intervalOf } from './interval.ts';
import { type Measured, measurePair, type PairOptions } from './pair.ts';
import { requestsFile } from './requests.ts';

export interface Options extends PairOptions {
  /** How many pairs of processes each mode is measured in. */
  readonly pairs: number;
  /** Rows by a part of `framework: mode`; default all. */
  readonly only: readonly string[] | undefined;
  readonly progress: (what: string) => void;
}

export interface Row {
  readonly framework: string;
  readonly mode: string;
  /** Microseconds of processor time per request: the median of the pairs. */
  readonly bareUs: number;
  readonly cpuUs: number;
  /** Times of what the bare framework took beside it. */
  readonly ratio: Interval;
}

export interface Report {
  readonly machine: ReturnType<typeof machine>;
  readonly rows: readonly Row[];
}

function rowOf(framework: string, mode: string, pairs: readonly Measured[]): Row {
  return {
    framework,
    mode,
    bareUs: median(pairs.map(({ bareUs }) => bareUs)),
    cpuUs: median(pairs.map(({ us }) => us)),
    ratio: intervalOf(pairs.map(({ bareUs, us }) => us / bareUs)),
  };
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
  const { only, pairs, progress } = options;
  const contestants = FRAMEWORK_NAMES.flatMap((framework) =>
    contestantsOf(framework).map((mode) => [framework, mode] as const),
  );
  for (const [framework, mode] of contestants) {
    const name = `${framework}: ${mode}`;
    if (only !== undefined && !only.some((part) => name.includes(part))) continue;
    progress(name);
    const measured: Measured[] = [];
    for (let i = 0; i < pairs; i++) {
      const who = [framework, mode, i % 2 === 1] as const;
      measured.push(await measurePair(who, [requests, all], options, processes));
    }
    rows.push(rowOf(framework, mode, measured));
  }
  return { machine: about, rows };
}
