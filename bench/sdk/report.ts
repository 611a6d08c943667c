import { grouped, table } from '../table.ts';
import type { Report, Row } from './bench.ts';

/** Of what a bare hello world takes. */
const MOST = 1.1;

export function goalsOf({ rows }: Report) {
  return rows
    .filter(({ framework, mode }) => framework === 'Fastify 5' && mode === 'carry, metrics')
    .map(({ ratio }) => ({
      goal: `Fastify, carry with metrics: at most ${MOST.toFixed(2)} times the bare framework`,
      measured: `${grouped(ratio, 2)} times`,
      met: ratio <= MOST,
    }));
}

const cells = ({ framework, mode, cpuUs, ratio, least, most }: Row) => [
  ...[framework, mode, grouped(cpuUs, 1)],
  ...[ratio, least, most].map((value) => grouped(value, 2)),
];

export function printText(report: Report): string {
  const { machine, rows } = report;
  const goals = goalsOf(report).map(({ goal, measured, met }) => [
    goal,
    measured,
    met ? 'yes' : 'NO',
  ]);
  return `${[
    `${machine.cpu}, Node ${machine.node}, load ${machine.load.toFixed(2)} at the start`,
    '',
    'Processor time per request (medians of the rounds); times of the bare framework in the same round',
    table(['framework', 'mode', 'CPU µs', '÷ bare', 'least', 'most'], rows.map(cells)),
    '',
    'Goals',
    table(['goal', 'measured', 'reached'], goals),
  ].join('\n')}\n`;
}
