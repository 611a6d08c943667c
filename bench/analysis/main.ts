/** `pnpm bench analysis`: how often and how soon each judge is right, by simulation. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { USAGE as E2E_USAGE, e2e } from './e2e.ts';
import { goalsOf, printText, type Report } from './report.ts';
import { SCENARIOS } from './scenarios.ts';
import type { Row } from './trial.ts';

export const USAGE = `pnpm bench analysis [--quick] [--json] [--trials N] [--seed N] [--only TEXT]\n       ${E2E_USAGE}`;

const OPTIONS = {
  quick: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  trials: { type: 'string' },
  seed: { type: 'string', default: '20260301' },
  /** Scenarios whose name has this. */
  only: { type: 'string', default: '' },
} as const;

export async function main(args: string[]): Promise<string> {
  const [first, ...rest] = args;
  if (first === 'e2e') return e2e(rest);
  const { values } = parseArgs({ args, options: OPTIONS });
  const trials = Number(values.trials ?? (values.quick ? 40 : 300));
  const seed = Number(values.seed);
  const rows = await allRows(values.only, trials, seed);
  const report: Report = { trials, seed, rows, goals: goalsOf(rows) };
  return values.json ? `${JSON.stringify(report, undefined, 2)}\n` : printText(report);
}

async function allRows(only: string, trials: number, seed: number): Promise<Row[]> {
  const places = SCENARIOS.flatMap(({ name }, place) => (name.includes(only) ? [place] : []));
  const threads = Math.min(2, availableParallelism(), Math.max(1, places.length));
  const byPlace = new Map<number, Row[]>();
  const shares = Array.from({ length: threads }, (_, i) =>
    places.filter((_, at) => at % threads === i),
  );
  await Promise.all(
    shares.map((share) =>
      work(share, trials, seed, (place, rows) => {
        byPlace.set(place, rows);
        progress(byPlace.size, places.length, SCENARIOS[place]?.name ?? '');
      }),
    ),
  );
  return places.flatMap((place) => byPlace.get(place) ?? []);
}

function work(
  places: readonly number[],
  trials: number,
  seed: number,
  done: (place: number, rows: Row[]) => void,
): Promise<void> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { places, trials, seed },
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  worker.on('message', ({ place, rows }: { place: number; rows: Row[] }) => done(place, rows));
  worker.on('error', reject);
  worker.on('exit', () => resolve());
  return promise;
}

const progress = (done: number, of: number, name: string): void => {
  process.stderr.write(`${String(done).padStart(3)} of ${of}  ${name}\n`);
};
