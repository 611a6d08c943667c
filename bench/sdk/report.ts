import { type Goal, goalTable } from '../goals.ts';
import { grouped, table } from '../table.ts';
import type { Report, Row } from './bench.ts';
import type { Interval } from './interval.ts';

/** Of what a bare hello world takes. */
const MOST = 1.1;

const timesOf = ({ mean, low, high }: Interval) =>
  `${grouped(mean, 2)} times (${grouped(low, 2)} to ${grouped(high, 2)})`;

export function goalsOf({ rows }: Report): Goal[] {
  return rows
    .filter(({ framework, mode }) => framework === 'Fastify 5' && mode === 'carry, metrics')
    .map(({ ratio }) => ({
      goal: `Fastify, carry with metrics: at most ${MOST.toFixed(2)} times the bare framework`,
      measured: timesOf(ratio),
      // Not the mean: what is not shown is not reached.
      met: ratio.high <= MOST,
    }));
}

const cells = ({ framework, mode, bareUs, cpuUs, ratio: { mean, low, high } }: Row) => [
  ...[framework, mode],
  ...[bareUs, cpuUs].map((us) => grouped(us, 1)),
  ...[mean, low, high].map((value) => grouped(value, 2)),
];

export function printText(report: Report): string {
  const { machine, rows } = report;
  return `${[
    `${machine.cpu}, Node ${machine.node}, load ${machine.load.toFixed(2)} at the start`,
    '',
    'Processor time per request (medians of the pairs), and how many times that of the bare framework beside it: mean, 95 % interval',
    table(['framework', 'mode', 'bare µs', 'CPU µs', '÷ bare', 'from', 'to'], rows.map(cells)),
    '',
    'Goals',
    goalTable(goalsOf(report)),
  ].join('\n')}\n`;
}
