/** `pnpm bench alerts`: how often the alert on a canary's errors cries wolf, and how soon it is right, by simulation. */
import { parseArgs } from 'node:util';
import { HOUR, RHOS, type Scenario } from '../analysis/scenarios.ts';
import { type Row, tried } from '../analysis/trial.ts';
import type { World } from '../analysis/world.ts';
import { grouped, table } from '../table.ts';
import { ALERT } from './alert.ts';

export const USAGE = 'bench alerts [--json] [--trials N] [--seed N]\n';

const OPTIONS = {
  json: { type: 'boolean', default: false },
  trials: { type: 'string', default: '300' },
  seed: { type: 'string', default: '20260301' },
} as const;

const percent = (share: number, digits = 0): string => `${grouped(100 * share, digits)} %`;

/** Hours of 2,000 requests a minute; then a whole release, with a bad half-hour in each hour of both arms. */
function worlds(): readonly (readonly [name: string, world: World])[] {
  const hours = [0.05, 0.5].flatMap((share) =>
    [0.005, 0.02].flatMap((base) =>
      [1, 2, 3, 5].map((ratio): readonly [string, World] => [
        `${ratio === 1 ? 'equal' : `errors × ${ratio}`}; canary ${percent(share)}, errors ${percent(base, 1)}`,
        { ...HOUR, share: () => share, base, ratio },
      ]),
    ),
  );
  const steps = [0.01, 0.05, 0.1, 0.2, 0.5];
  const release: World = {
    ...HOUR,
    minutes: 300,
    share: (minute) => steps[Math.floor(minute / 60)] ?? 0.5,
    weather: (minute) => (minute % 60 < 30 ? 3 : 1),
  };
  return [...hours, ['equal; five hours, 1 to 50 %, thrice the errors half of the time', release]];
}

export interface AlertReport {
  readonly trials: number;
  readonly seed: number;
  /** Of each world with each `rho`: the share of histories in which it fired, and when half of them had it. */
  readonly rows: readonly Row[];
}

function report(trials: number, seed: number): AlertReport {
  const rows = worlds().flatMap(([name, world]) =>
    RHOS.flatMap((rho) => {
      const scenario: Scenario = {
        ...{ name, rho, judges: [ALERT], until: 'end', weight: 1 },
        world: { ...world, rho },
      };
      return tried(scenario, trials, seed);
    }),
  );
  return { trials, seed, rows };
}

const cell = ({ failed, failMedian }: Row): string =>
  `${percent(failed, 1)} (${failMedian ?? '-'})`;

function printText({ trials, seed, rows }: AlertReport): string {
  const names = [...new Set(rows.map(({ scenario }) => scenario))];
  const lines = names.map((name) => [
    name,
    ...rows.filter(({ scenario }) => scenario === name).map(cell),
  ]);
  return [
    `Seed ${seed}, ${trials} histories each: fired (median minutes of all histories; - is fewer than half)`,
    table(['world', ...RHOS.map((rho) => `rho ${rho}`)], lines),
    '',
  ].join('\n');
}

export async function main(args: string[]): Promise<string> {
  const { values } = parseArgs({ args, options: OPTIONS });
  const found = report(Number(values.trials), Number(values.seed));
  return values.json ? `${JSON.stringify(found, undefined, 2)}\n` : printText(found);
}
