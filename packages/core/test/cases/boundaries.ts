/** Percentages to the bucket: the last one below, the first one above. */
import { BOUNDARIES } from './buckets.ts';
import { type CaseGroup, type CaseSource, casesOf, plan, release, user } from './build.ts';

/** As it is written in the plan → its thousandths. */
const PERCENTAGES: Readonly<Record<string, number>> = {
  0.001: 1,
  0.1: 100,
  1: 1000,
  2.5: 2500,
  5: 5000,
  10: 10_000,
  20: 20_000,
  33.333: 33_333,
  50: 50_000,
  75: 75_000,
  99: 99_000,
  99.9: 99_900,
  99.999: 99_999,
};

const nameOf = (percent: string) => `p${percent.replace('.', '-')}`;
const keys = new Map(BOUNDARIES);

function casesAt([percent, thousandths]: [string, number]): CaseSource[] {
  const on = casesOf('percentages', nameOf(percent));
  const [below = '', above = ''] = [keys.get(thousandths - 1), keys.get(thousandths)];
  return [
    on(`${percent} % takes bucket ${thousandths - 1}`, user(below), 'v2 SPLIT 0 canary'),
    on(`${percent} % does not take bucket ${thousandths}`, user(above), 'v1 SPLIT 0 control'),
  ];
}

const releases = Object.keys(PERCENTAGES).map((percent) => [
  nameOf(percent),
  release([{ percent: Number(percent), variant: 'v2' }]),
]);

export const boundaries: CaseGroup = {
  plans: { percentages: plan(Object.fromEntries(releases)) },
  cases: Object.entries(PERCENTAGES).flatMap(casesAt),
};
