/** The table of the simulation, and whether goals were reached. */
import { type Goal, goalTable } from '../goals.ts';
import { grouped, table } from '../table.ts';
import { floorMinutes } from './floors.ts';
import type { Row } from './trial.ts';

export interface Report {
  readonly trials: number;
  readonly seed: number;
  readonly rows: readonly Row[];
  readonly goals: readonly Goal[];
}

const LOW = 'tinct, tolerance 1.0';
const DEFAULT = 'tinct, tolerance 1.2';

const percent = (share: number): string => `${grouped(100 * share, 1)} %`;
const minutes = (of: number | undefined): string => (of === undefined ? '-' : `${of} min`);

/** With Wilson's 95 % interval (1927). */
function withInterval({ failed, trials }: Row): string {
  const [low, high] = wilson(failed * trials, trials);
  return `${percent(failed)} (${grouped(100 * low, 1)} to ${grouped(100 * high, 1)})`;
}

function wilson(hits: number, of: number): readonly [low: number, high: number] {
  const square = 1.96 ** 2;
  const middle = (hits + square / 2) / (of + square);
  const half = (1.96 * Math.sqrt((hits * (of - hits)) / of + square / 4)) / (of + square);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

interface Asked {
  readonly scenario: string;
  readonly rho: number;
  readonly judge: string;
}

/** Each goal, with how it is asked and answered. */
export function goalsOf(rows: readonly Row[]): Goal[] {
  const find = ({ scenario, rho, judge }: Asked) =>
    rows.find((row) => row.scenario === scenario && row.rho === rho && row.judge === judge);
  const atMost = (
    what: string,
    of: Asked,
    read: (row: Row) => number | undefined,
    limit: number,
  ): Goal => {
    const row = find(of);
    const value = row === undefined ? undefined : read(row);
    return {
      goal: `${of.scenario}, rho ${of.rho}: ${what} at most ${limit} min (${of.judge})`,
      measured: minutes(value),
      met: value !== undefined && value <= limit,
    };
  };
  const fail = ({ failMedian }: Row) => failMedian;
  const alarms = rows
    .filter(
      ({ scenario, judge }) =>
        /^(equal, ramped|latency: same|baseline: at)/.test(scenario) && judge.startsWith('tinct'),
    )
    .map((row) => ({
      goal: `${row.scenario}, rho ${row.rho}: false alarms at most 5 % (${row.judge})`,
      measured: withInterval(row),
      met: row.failed <= 0.05,
    }));
  const found = [LOW, DEFAULT].flatMap((judge) =>
    [0, 0.05, 0.1, 0.3].map((rho): Goal => {
      const row = find({ scenario: '2 % of users always fail', rho, judge });
      return {
        goal: `2 % of users always fail, rho ${rho}: at least 95 % found (${judge})`,
        measured: row === undefined ? '-' : withInterval(row),
        met: (row?.failed ?? 0) >= 0.95,
      };
    }),
  );
  return [
    ...alarms,
    ...[LOW, DEFAULT].flatMap((judge) => [
      atMost('median', { scenario: 'errors × 2', rho: 0, judge }, fail, 25),
      atMost('median', { scenario: 'errors × 2', rho: 0.05, judge }, fail, 35),
      atMost('median', { scenario: 'errors × 3', rho: 0, judge }, fail, 15),
      atMost('median', { scenario: 'errors × 5', rho: 0, judge }, fail, 5),
    ]),
    ...['as all requests', 'slowest tenth only'].map((how) =>
      atMost(
        'median',
        { scenario: `latency: p99 + 50 %, ${how}`, rho: 0, judge: DEFAULT },
        fail,
        5,
      ),
    ),
    ...found,
    atMost(
      'median of a pass',
      { scenario: 'equal, errors and latency', rho: 0, judge: DEFAULT },
      ({ passMedian }) => passMedian,
      40,
    ),
  ];
}

/** One line per scenario and correlation, one column per judge. */
function verdictTable(all: readonly Row[]): string {
  const rows = all.filter(({ scenario }) => !isApart(scenario));
  const judges = [...new Set(rows.map(({ judge }) => judge))];
  const groups = Map.groupBy(rows, ({ scenario, rho }) => `${scenario}\n${rho}`);
  const lines = [...groups.values()].map((group) => {
    const [first] = group;
    const cells = judges.map((judge) => cellOf(group.find((row) => row.judge === judge)));
    const passed = group.find(({ judge }) => judge === DEFAULT);
    const passes = passed === undefined ? '' : shown(passed.passed, passed.passMedian);
    return [first?.scenario ?? '', String(first?.rho), ...cells, passes];
  });
  return table(['scenario', 'rho', ...judges, 'passed'], lines);
}

/** What has a table of its own. */
const isApart = (scenario: string): boolean => /^(rare errors|assumed correlation)/.test(scenario);

/** How soon services with few errors pass, and how often they should not. */
function rareTable(rows: readonly Row[]): string {
  const lines = rows
    .filter(({ scenario }) => scenario.startsWith('rare errors'))
    .map(({ scenario, failed, failMedian, passed, passMedian }) => [
      scenario,
      shown(passed, passMedian),
      shown(failed, failMedian),
    ]);
  return table(['half of the users in the canary', 'passed', 'failed'], lines);
}

/** What a wrong guess of the correlation of durations costs. */
function assumedTable(rows: readonly Row[]): string {
  const own = rows.filter(({ scenario }) => scenario.startsWith('assumed correlation'));
  const judges = [...new Set(own.map(({ judge }) => judge))];
  const groups = Map.groupBy(own, ({ scenario, rho }) => `${scenario}\n${rho}`);
  const lines = [...groups.values()].map((group) => [
    group[0]?.scenario ?? '',
    String(group[0]?.rho),
    ...judges.map((judge) => cellOf(group.find((row) => row.judge === judge))),
  ]);
  return table(['failed', 'rho', ...judges], lines);
}

const shown = (share: number, median: number | undefined): string =>
  `${percent(share)} (${median ?? '-'})`;

const cellOf = (row: Row | undefined): string =>
  row === undefined ? '' : shown(row.failed, row.failMedian);

export function printText({ trials, seed, rows, goals }: Report): string {
  const floors = [1, 1.2].map(
    (tolerance) =>
      `against “ratio at most ${tolerance}”: ${grouped(floorMinutes(2, tolerance), 1)} min for errors × 2, ${grouped(floorMinutes(3, tolerance), 1)} for × 3, ${grouped(floorMinutes(5, tolerance), 1)} for × 5`,
  );
  return [
    `Seed ${seed}, ${trials} histories a scenario (four times as many of ramped releases, fewer with latency)`,
    'Failed (median minutes of all histories; - is fewer than half), and of tinct with its default: passed',
    verdictTable(rows),
    '',
    'Four hours at 50 %, tolerance 1.2, bound 0.1 %: passed and failed (median minutes)',
    rareTable(rows),
    '',
    'All of alpha on latency, tolerance 1.0: failed by the correlation that is assumed',
    assumedTable(rows),
    '',
    'The least that any test needs on average, if it knew the ratio beforehand',
    ...floors,
    '',
    goalTable(goals),
    '',
  ].join('\n');
}
