/** The report as text. */
import { goalTable } from '../goals.ts';
import { grouped, table } from '../table.ts';
import type { Report } from './results.ts';

const mb = (bytes: number) => grouped(bytes / 1e6, 1);

function timeTable({ rows }: Report): string {
  return table(
    ['scenario', 'who', 'ns', 'fastest', 'slowest', '÷ tinct', 'got v2'],
    rows.map((row) => [
      row.scenario,
      row.contestant,
      grouped(row.ns),
      grouped(row.fastest),
      grouped(row.slowest),
      grouped(row.ratio, 2),
      `${grouped(row.share * 100, 1)} %`,
    ]),
  );
}

function memoryTable({ memory }: Report): string {
  return table(
    ['scenario', 'who', 'kept', 'allocated'],
    memory.map(({ scenario, contestant, retained, allocated }) => [
      scenario,
      contestant,
      grouped(retained, 3),
      allocated === undefined ? '?' : grouped(allocated, 1),
    ]),
  );
}

function cohortTable({ cohorts }: Report): string {
  return table(
    ['ids', 'MB', 'MB of RSS', 'built in ms', 'look-up ns', 'two reads ns', 'ratio', 'decision ns'],
    cohorts.map((of) => [
      grouped(of.size),
      mb(of.bytes),
      mb(of.rssBytes),
      grouped(of.buildMs),
      grouped(of.lookup.ns, 1),
      grouped(of.twoReads.ns, 1),
      grouped(of.lookup.ns / of.twoReads.ns, 2),
      grouped(of.decision.ns, 1),
    ]),
  );
}

export function printText(report: Report): string {
  const { machine, versions, notes } = report;
  const who = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${[
    `${machine.cpu}, Node ${machine.node}, load ${machine.load.toFixed(2)} at the start`,
    who.join(', '),
    '',
    'Processor time per decision (medians of the rounds)',
    timeTable(report),
    ...notes.map((note) => `\n${note}`),
    '',
    'Bytes of heap per decision',
    memoryTable(report),
    '',
    'Lists',
    cohortTable(report),
    '',
    'Goals',
    goalTable(report.goals),
  ].join('\n')}\n`;
}
