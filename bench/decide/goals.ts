/** What was aimed at, and whether this run reached it. Nothing falls under the table. */
import type { Goal } from '../goals.ts';
import type { Report, Row } from './results.ts';

type Measured = Omit<Report, 'goals'>;

const TINCT = 'tinct';
/** Less than this per decision is noise of the collector. */
const NOTHING = 0.1;
/** Nanoseconds per decision. */
const MOST_NS = 250;
const LARGE = 20_000_000;

const ns = (value: number) => `${value.toFixed(0)} ns`;
const times = (value: number) => `${value.toFixed(2)} times`;

export function goalsOf(of: Measured): Goal[] {
  return [
    ...decisionGoals(of),
    ...memoryGoals(of),
    ...peerGoals(of),
    ...flatGoal(of),
    ...listGoals(of),
  ];
}

function own(rows: readonly Row[]): Row[] {
  return rows.filter(({ contestant }) => contestant === TINCT);
}

function decisionGoals({ rows }: Measured): Goal[] {
  return own(rows).map((row) => ({
    goal: `at most ${MOST_NS} ns: ${row.scenario}`,
    measured: ns(row.ns),
    met: row.ns <= MOST_NS,
  }));
}

function memoryGoals({ memory }: Measured): Goal[] {
  const most = Math.max(
    ...memory.filter(({ contestant }) => contestant === TINCT).map((row) => row.retained),
  );
  const measured = `at most ${most.toFixed(3)} bytes per decision, over all scenarios`;
  return [{ goal: 'nothing is kept per decision', measured, met: most < NOTHING }];
}

function peerGoals({ rows }: Measured): Goal[] {
  const peers = rows.filter(
    ({ scenario, contestant }) => scenario.startsWith('allowlist') && contestant !== TINCT,
  );
  const fastest = peers.toSorted((a, b) => a.ratio - b.ratio)[0];
  if (fastest === undefined) return [];
  const goal = 'at least 5 times as fast as the fastest peer with the allowlist';
  return [
    { goal, measured: `${times(fastest.ratio)} (${fastest.contestant})`, met: fastest.ratio >= 5 },
  ];
}

function flatGoal({ rows }: Measured): Goal[] {
  const of = own(rows).filter(({ scenario }) => scenario.includes('release'));
  const [one, many] = [of[0], of.at(-1)];
  if (one === undefined || many === undefined) return [];
  const ratio = many.ns / one.ns;
  const goal = 'releases that do not apply cost nothing (1,000 at most 1.1 times 1)';
  return [{ goal, measured: times(ratio), met: ratio <= 1.1 }];
}

function listGoals({ cohorts }: Measured): Goal[] {
  const large = cohorts.find(({ size }) => size === LARGE);
  if (large === undefined) return [];
  const ratio = large.lookup.ns / large.twoReads.ns;
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
  return [
    {
      goal: '20,000,000 ids in at most 200 MB',
      measured: `${mb(large.bytes)}; the process grew by ${mb(large.rssBytes)}`,
      met: large.bytes <= 200e6,
    },
    {
      goal: 'a look-up among them takes at most 1.5 times as long as two random reads',
      measured: `${times(ratio)} (${ns(large.lookup.ns)}, ${ns(large.twoReads.ns)})`,
      met: ratio <= 1.5,
    },
  ];
}
