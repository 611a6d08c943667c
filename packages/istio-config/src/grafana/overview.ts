/** The dashboard of all releases: which one needs a look? Pure. */
import { SERIES } from '@tinct/core';
import { alerts, planMarks } from './common.ts';
import {
  errorRatio,
  nominalShare,
  quantile,
  requestRate,
  selected,
  timesControl,
} from './queries.ts';
import type { DashboardSpec, Panel } from './spec.ts';

const canary = (of: (...labels: string[]) => string): string => of('arm="canary"');
const control = (of: (...labels: string[]) => string): string => of('arm="control"');
const ratio = (...labels: string[]) => errorRatio('release', ...labels);
const p95 = (...labels: string[]) => quantile(0.95, 'release', ...labels);

/** Every release in a line, with the numbers that decide. */
const table: Panel = {
  ...{ kind: 'rows', title: 'Releases', unit: 'none', width: 24 },
  about:
    'Canary beside control: users whom the same percentage divided. A name leads to its dashboard.',
  queries: [
    {
      expr: `max by (release, state, stable, owner) (${SERIES.releaseInfo.name})`,
      legend: 'there',
    },
    { expr: nominalShare('release'), legend: 'canary, by the plan' },
    { expr: `max by (release) (${selected(SERIES.units, 'arm="canary"')})`, legend: 'users in it' },
    { expr: requestRate('release', 'arm="canary"'), legend: 'requests/s' },
    { expr: canary(ratio), legend: 'errors, canary' },
    { expr: control(ratio), legend: 'errors, control' },
    { expr: canary(p95), legend: 'p95, canary' },
    { expr: control(p95), legend: 'p95, control' },
    { expr: `max by (release) (${SERIES.aborted.name})`, legend: 'aborted' },
  ],
  columns: [
    ...['release', 'owner', 'state', 'stable', 'canary, by the plan', 'users in it', 'requests/s'],
    ...['errors, canary', 'errors, control', 'p95, canary', 'p95, control', 'aborted'],
  ],
  formats: {
    'canary, by the plan': { unit: 'percentunit' },
    'users in it': { unit: 'short' },
    'requests/s': { unit: 'reqps' },
    'errors, canary': { unit: 'percentunit', red: 0.05 },
    'errors, control': { unit: 'percentunit' },
    'p95, canary': { unit: 's' },
    'p95, control': { unit: 's' },
    aborted: { unit: 'bool_yes_no', red: 1 },
  },
  link: {
    column: 'release',
    title: 'Open its dashboard',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana’s own variables.
    url: '/d/tinct-release?var-release=${__value.text}&var-datasource=$datasource&${__url_time_range}',
  },
};

export const overviewDashboard: DashboardSpec = {
  uid: 'tinct-overview',
  title: 'Tinct: all releases',
  about: 'Which release needs a look?',
  isOfRelease: false,
  sections: [
    { title: 'Releases', panels: [table] },
    {
      title: 'Canaries against their control',
      panels: [
        {
          ...{
            kind: 'lines',
            title: 'Errors: canary less control',
            unit: 'percentunit',
            width: 12,
          },
          about: 'By how many of a hundred requests more the canary fails. Around 0 is well.',
          isSigned: true,
          thresholds: [
            [null, 'transparent'],
            [0.01, 'red'],
          ],
          queries: [{ expr: `(${canary(ratio)}) - (${control(ratio)})`, legend: '{{release}}' }],
        },
        {
          ...{ kind: 'lines', title: 'p95: canary ÷ control', unit: 'none', width: 12 },
          about: 'How many times as long. Around 1 is well.',
          thresholds: [
            [null, 'transparent'],
            [1.5, 'red'],
          ],
          queries: [
            { expr: timesControl((arm) => quantile(0.95, 'release', arm)), legend: '{{release}}' },
          ],
        },
        {
          ...{ kind: 'lines', title: 'Requests of canaries', unit: 'reqps', width: 24 },
          about: 'A canary without requests says nothing.',
          queries: [{ expr: requestRate('release', 'arm="canary"'), legend: '{{release}}' }],
        },
        alerts(24),
      ],
    },
  ],
  marks: [
    planMarks,
    {
      ...{ name: 'Aborts', color: 'red', isTime: true, title: '{{release}} aborted' },
      expr: `(max by (release) (${SERIES.lastAbort.name}) > 0) * 1000`,
    },
  ],
};
