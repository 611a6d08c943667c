/** `pnpm bench decide`. */
import { parseArgs } from 'node:util';
import { decideBench } from './bench.ts';
import { printText } from './report.ts';

export const USAGE = `pnpm bench decide [options]

  --quick            fewer and shorter rounds, and no cohort above 1,000,000 ids
  --json             the results as JSON
  --rounds N         how often each contestant has its turn (15)
  --ms N             how long a turn takes, in milliseconds (30)
  --cohorts A,B      sizes of the cohorts (1000000,20000000); peers take part up to 1,000,000
  --decisions N      decisions per measurement of memory (1000000)
`;

const OPTIONS = {
  quick: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  rounds: { type: 'string' },
  ms: { type: 'string' },
  cohorts: { type: 'string' },
  decisions: { type: 'string' },
} as const;

export async function main(args: string[]): Promise<string> {
  const { values } = parseArgs({ args, options: OPTIONS });
  const { quick } = values;
  const report = await decideBench({
    rounds: Number(values.rounds ?? (quick ? 5 : 15)),
    turnMs: Number(values.ms ?? (quick ? 10 : 30)),
    cohorts: (values.cohorts ?? (quick ? '1000000' : '1000000,20000000')).split(',').map(Number),
    decisions: Number(values.decisions ?? (quick ? 200_000 : 1_000_000)),
    progress: (what) => process.stderr.write(`${what} …\n`),
  });
  return values.json ? `${JSON.stringify(report, undefined, 2)}\n` : printText(report);
}
