/** `pnpm bench analysis e2e`: the real edge under load, a real Prometheus that scrapes it, `tinct check`, again and again. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { AnalysisReport } from '@tinct/core';
import { check } from '../../test/analysis/checking.ts';
import { type StageOptions, setStage } from '../../test/analysis/stage.ts';

export const USAGE =
  'pnpm bench analysis e2e [--runs N] [--at-once N] [--only NAME] [--plots DIR]\n';

const OPTIONS = {
  runs: { type: 'string', default: '20' },
  'at-once': { type: 'string', default: '2' },
  only: { type: 'string', default: 'equal' },
  /** Where a picture of each run is drawn. */
  plots: { type: 'string' },
} as const;

type Outcome = Omit<StageOptions, 'seed'>;

/** What is in front of the edge, by name. */
const SCENARIOS: Readonly<Record<string, Outcome>> = {
  equal: { v1: { errors: 0.05 }, v2: { errors: 0.05 } },
  'three-times-the-errors': { v1: { errors: 0.05 }, v2: { errors: 0.15 } },
  slow: { v1: { errors: 0.05, delayMs: 10 }, v2: { errors: 0.05, delayMs: 40 } },
  'unlucky-staff': { v1: { errors: 0.05 }, v2: { errors: 0.05, staffErrors: 0.8 }, staff: 0.1 },
};

interface Run {
  readonly seed: number;
  readonly seconds: number;
  readonly report: AnalysisReport;
}

export async function e2e(args: string[]): Promise<string> {
  const { values } = parseArgs({ args, options: OPTIONS });
  const outcome = SCENARIOS[values.only];
  if (outcome === undefined) throw new Error(`one of ${Object.keys(SCENARIOS).join(', ')}`);
  const waiting = Array.from({ length: Number(values.runs) }, (_, i) => i + 1);
  const runs: Run[] = [];
  const next = async (): Promise<void> => {
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
      const plot =
        values.plots === undefined
          ? []
          : ['--plot', resolve(values.plots, `${values.only}-${seed}.svg`)];
      const run = await one({ ...outcome, seed }, plot);
      runs.push(run);
      process.stderr.write(`${line(run)}\n`);
    }
  };
  await Promise.all(Array.from({ length: Number(values['at-once']) }, next));
  return text(
    values.only,
    runs.sort((a, b) => a.seed - b.seed),
  );
}

async function one(
  options: StageOptions & { readonly seed: number },
  plot: string[],
): Promise<Run> {
  const stage = await setStage(options);
  try {
    const began = performance.now();
    const waiting = ['--wait', '300s', '--every', '1s', '--minimum-units', '50', ...plot];
    const { report } = await check(stage.prometheus.url, ...waiting);
    const seconds = (performance.now() - began) / 1000;
    return { seed: options.seed, seconds, report: report as unknown as AnalysisReport };
  } finally {
    await stage.end();
  }
}

function line({ seed, seconds, report }: Run): string {
  const { verdict, arms, history, reasons } = report;
  const most = Math.exp(Math.max(0, ...history.map(({ logWorse }) => logWorse)));
  const cells = [
    `run ${seed}`.padEnd(7),
    verdict.padEnd(13),
    `${seconds.toFixed(0)} s`.padStart(6),
    `${arms.canary.requests} + ${arms.control.requests} requests`.padStart(26),
    `most evidence ${most.toFixed(1)} of 20`.padStart(28),
  ];
  return `${cells.join('')}  ${reasons.join(', ')}`;
}

function text(name: string, runs: readonly Run[]): string {
  const count = (verdict: string) => runs.filter(({ report }) => report.verdict === verdict).length;
  const sums = ['pass', 'fail', 'inconclusive'].map((verdict) => `${count(verdict)} ${verdict}`);
  return `${name}, ${runs.length} runs: ${sums.join(', ')}\n${runs.map(line).join('\n')}\n`;
}
