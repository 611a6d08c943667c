/** `pnpm bench proxy`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { proxyBench } from './bench.ts';
import { Processes } from './processes.ts';
import { printText } from './report.ts';

export const USAGE = `pnpm bench proxy [options]

  --quick            fewer and shorter rounds
  --json             the results as JSON
  --rounds N         how often each contestant has its turn (5)
  --seconds N        how long a turn takes (5)
  --warm-up N        requests that come first and do not count (30000)
  --users N          how many users there are (2000)
  --connections N    how many connections are kept busy (64)
  --only A,B         those contestants only whose names have this in them
`;

const OPTIONS = {
  quick: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  'warm-up': { type: 'string', default: '30000' },
  users: { type: 'string', default: '2000' },
  connections: { type: 'string', default: '64' },
  only: { type: 'string' },
} as const;

export async function main(args: string[]): Promise<string> {
  const { values } = parseArgs({ args, options: OPTIONS });
  const { quick } = values;
  const options = {
    rounds: Number(values.rounds ?? (quick ? 2 : 5)),
    seconds: Number(values.seconds ?? (quick ? 2 : 5)),
    warmUp: Number(values['warm-up']),
    users: Number(values.users),
    connections: Number(values.connections),
    only: values.only?.split(','),
    progress: (what: string) => process.stderr.write(`${what} …\n`),
  };
  const folder = mkdtempSync(join(tmpdir(), 'tinct-bench-'));
  const processes = new Processes();
  try {
    const report = await proxyBench(folder, options, processes);
    return values.json ? `${JSON.stringify(report, undefined, 2)}\n` : printText(report);
  } finally {
    await processes.stopAll();
    rmSync(folder, { recursive: true, force: true });
  }
}
