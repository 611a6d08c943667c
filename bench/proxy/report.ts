import { type Goal, goalTable } from '../goals.ts';
import { grouped, table } from '../table.ts';
import type { Report, Row } from './bench.ts';

/** Who everyone is set against. */
const AGAINST = ['tinct', 'nginx + Lua', '@fastify/http-proxy'] as const;

const cpuOf = (rows: readonly Row[], name: string): number | undefined =>
  rows.find(({ contestant }) => contestant === name)?.cpuMs;

/** How many times the processor time of another; `?` where the other is missing. */
function ratio({ cpuMs }: Row, rows: readonly Row[], name: string): string {
  const other = cpuOf(rows, name);
  return other === undefined ? '?' : grouped(cpuMs / other, 2);
}

/** The middle half of the ratios that two have in the same round: what the machine does meanwhile falls on both. */
function middleHalf(one: Row, other: Row): readonly [from: number, to: number] {
  const ratios = one.rounds.map((ms, i) => ms / (other.rounds[i] ?? Number.NaN));
  const sorted = ratios.sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  return [at(0.25), at(0.75)];
}

export function goalsOf({ rows }: Report): Goal[] {
  const [tinct, rival] = ['tinct', '@fastify/http-proxy'].map((name) =>
    rows.find(({ contestant }) => contestant === name),
  );
  if (tinct === undefined || rival === undefined) return [];
  const ratio = tinct.cpuMs / rival.cpuMs;
  const [from, to] = middleHalf(tinct, rival).map((each) => grouped(each, 2));
  return [0.5, 0.29].map((most) => ({
    goal: `at most ${grouped(most, 2)} times @fastify/http-proxy`,
    measured: `${grouped(ratio, 2)} times (round by round: ${from} to ${to}, the middle half of ${tinct.rounds.length})`,
    met: ratio <= most,
  }));
}

function timeTable({ rows }: Report): string {
  return table(
    ['who', 'CPU ms', 'least', 'most', ...AGAINST.map((name) => `÷ ${name}`), 'req/s', 'p99 ms'],
    rows.map((row) => [
      row.work === 'floor' ? `(${row.contestant})` : row.contestant,
      grouped(row.cpuMs, 1),
      grouped(row.least, 1),
      grouped(row.most, 1),
      ...AGAINST.map((name) => ratio(row, rows, name)),
      grouped(row.rps),
      grouped(row.p99, 1),
    ]),
  );
}

export function printText(report: Report): string {
  const { machine, notes } = report;
  return `${[
    `${machine.cpu}, Node ${machine.node}, load ${machine.load.toFixed(2)} at the start`,
    '',
    'Processor time per 1,000 requests (medians of the rounds)',
    timeTable(report),
    ...notes.map((note) => `\n${note}`),
    '',
    'Goals',
    goalTable(goalsOf(report)),
  ].join('\n')}\n`;
}
