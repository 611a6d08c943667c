/** The dashboard of one release: is the canary worse, who gets it, and can the numbers be trusted? Pure. */
import { SERIES } from '@tinct/core';
import { alerts, planMarks, reasons, revisions } from './common.ts';
import {
  atLeast,
  bucketRate,
  CHOSEN,
  errorRatio,
  nominalShare,
  quantile,
  rate,
  requestRate,
  selected,
  timesControl,
} from './queries.ts';
import type { DashboardSpec, Panel, Query, Section } from './spec.ts';

const ARM = '{{arm}}';
const COMPARED = [CHOSEN, 'arm=~"canary|control"'] as const;
const BAD: readonly (readonly [number | null, string])[] = [
  [null, 'green'],
  [1.5, 'orange'],
  [2, 'red'],
];

const objective = (expr: string): Query => ({ expr, legend: 'objective' });

const state: Panel = {
  ...{ kind: 'number', title: 'State', unit: 'none', width: 4, isName: true },
  about: 'As the edges say it of their plan. Everyone gets stable while it is aborted.',
  queries: [
    {
      expr: `max by (state, stable, owner) (${selected(SERIES.releaseInfo, CHOSEN)})`,
      legend: '{{state}}, stable {{stable}}',
    },
  ],
};

const nominal: Panel = {
  ...{ kind: 'number', title: 'Canary, by the plan', unit: 'percentunit', width: 4, decimals: 1 },
  about: 'Of the users whom the compared percentage decides.',
  queries: [{ expr: nominalShare('release', CHOSEN), legend: 'canary' }],
};

const people: Panel = {
  ...{ kind: 'number', title: 'Users in the canary', unit: 'short', width: 4, decimals: 0 },
  about:
    'Since the analysis began, at least: of several edges the one that counts most. An estimate, right to 1.6 %.',
  queries: [{ expr: `max(${selected(SERIES.units, CHOSEN, 'arm="canary"')})`, legend: 'users' }],
};

const alertsNow: Panel = {
  ...{ kind: 'number', title: 'Alerts firing', unit: 'none', width: 4, decimals: 0 },
  about: 'Of Tinct’s rules, about this release. Without the rules in Prometheus it is always 0.',
  thresholds: [
    [null, 'green'],
    [1, 'red'],
  ],
  queries: [
    {
      expr: `count(ALERTS{alertname=~"Tinct.+",alertstate="firing",${CHOSEN}}) or vector(0)`,
      legend: 'firing',
    },
  ],
};

const worseErrors: Panel = {
  ...{ kind: 'number', title: 'Errors, canary ÷ control', unit: 'none', width: 4, decimals: 1 },
  about: 'How many times control’s share of errors the canary has. No value: control has none.',
  thresholds: BAD,
  queries: [
    {
      expr: timesControl((arm) => errorRatio('release', CHOSEN, arm)),
      legend: 'times',
    },
  ],
};

const worseP95: Panel = {
  ...{ kind: 'number', title: 'p95, canary ÷ control', unit: 'none', width: 4, decimals: 1 },
  about: 'How many times as long the slowest twentieth of the canary’s requests takes.',
  thresholds: BAD,
  queries: [
    {
      expr: timesControl((arm) => quantile(0.95, 'release', CHOSEN, arm)),
      legend: 'times',
    },
  ],
};

const comparison: readonly Panel[] = [
  {
    ...{ kind: 'lines', title: 'Errors', unit: 'percentunit', width: 12 },
    about:
      'Share of the requests that failed. Canary and control are users of the same percentage: where the lines part, it is the version.',
    queries: [
      { expr: errorRatio('arm', ...COMPARED), legend: ARM },
      objective(`1 - max(${selected(SERIES.availability, CHOSEN)})`),
    ],
  },
  {
    ...{ kind: 'lines', title: 'Latency, p95', unit: 's', width: 12 },
    about: 'To the end of the response.',
    queries: [
      { expr: quantile(0.95, 'arm', ...COMPARED), legend: ARM },
      objective(`max(${selected(SERIES.latency, CHOSEN)})`),
    ],
  },
  {
    ...{ kind: 'lines', title: 'Requests', unit: 'reqps', width: 8 },
    about:
      'By arm and version, as the release’s own service answered them. `other` are named users, cohorts and overrides: no comparison.',
    queries: [{ expr: requestRate('arm, variant', CHOSEN), legend: '{{arm}} {{variant}}' }],
  },
  {
    ...{ kind: 'lines', title: 'Latency, p50 and p99', unit: 's', width: 8 },
    about: 'The usual request, and the slowest in a hundred.',
    queries: [
      { expr: quantile(0.5, 'arm', ...COMPARED), legend: `${ARM} p50` },
      { expr: quantile(0.99, 'arm', ...COMPARED), legend: `${ARM} p99` },
    ],
  },
  {
    ...{ kind: 'lines', title: 'Users with an error', unit: 'percentunit', width: 8 },
    about:
      'Of the users of an arm, those who had an error in this analysis. One unlucky user does not move it.',
    queries: [
      {
        expr: `${atLeast(selected(SERIES.affected, CHOSEN), 'arm')} / (${atLeast(selected(SERIES.units, CHOSEN), 'arm')} > 0)`,
        legend: ARM,
      },
    ],
  },
];

/** What `tinct watch --serve` says. */
const VERDICTS = [
  { value: 0, text: 'pass', color: 'green' },
  { value: 1, text: 'inconclusive', color: '#8E8E8E' },
  { value: 2, text: 'fail', color: 'red' },
  { value: 3, text: 'not worse so far', color: '#44484F' },
  { value: 4, text: 'worse', color: 'red' },
];

/** Of a metric: `all` has the verdict. */
const OF_ONE = 'metric!="all"';

const verdictIs = (verdict: string): string =>
  selected(SERIES.verdict, CHOSEN, `verdict="${verdict}"`);

const verdict: readonly Panel[] = [
  {
    ...{ kind: 'lines', title: 'Evidence that the canary is worse', unit: 'none', width: 12 },
    about:
      'By metric, as natural logs; together (`all`) it fails at 3.0. Right however often you look. Without `tinct watch --serve` there is none.',
    isSigned: true,
    decimals: 1,
    thresholds: [
      [null, 'transparent'],
      [3, 'red'],
    ],
    queries: [
      { expr: `max by (metric) (${selected(SERIES.evidence, CHOSEN)})`, legend: '{{metric}}' },
    ],
  },
  {
    ...{ kind: 'states', title: 'Verdict', unit: 'none', width: 12 },
    about:
      'Which one stood when, and of which metric it is proven that the canary is worse. A fail stays until the next version.',
    states: VERDICTS,
    queries: [
      {
        expr: `max(${verdictIs('inconclusive')}) + 2 * max(${verdictIs('fail')})`,
        legend: 'verdict',
      },
      {
        expr: `3 + max by (metric) (${selected(SERIES.convicted, CHOSEN, OF_ONE)})`,
        legend: '{{metric}}',
      },
    ],
  },
  alerts(24, CHOSEN),
];

const heat = (arm: string): Panel => ({
  ...{ kind: 'heat', title: `Durations, ${arm}`, unit: 's', width: 12 },
  about: 'How many requests took how long: a second hill shows where a quantile hides it.',
  queries: [{ expr: bucketRate('le', CHOSEN, `arm="${arm}"`), legend: '{{le}}' }],
});

const details: readonly Panel[] = [
  {
    ...{ kind: 'lines', title: 'Refused (4xx)', unit: 'percentunit', width: 8 },
    about: 'No errors, but a version that refuses what the other took is worth a look.',
    queries: [
      {
        expr: `${requestRate('arm', ...COMPARED, 'class="4xx"')} / (${requestRate('arm', ...COMPARED)} > 0)`,
        legend: ARM,
      },
    ],
  },
  {
    ...{ kind: 'lines', title: 'The canary’s errors by cause', unit: 'reqps', width: 8 },
    about: '`status` is 5xx; `upstream` could not be reached or broke off; `grpc` its statuses.',
    queries: [
      {
        expr: `sum by (variant, cause) (rate(${selected(SERIES.errors, CHOSEN, 'arm="canary"', 'reporter="edge"')}[$__rate_interval]))`,
        legend: '{{variant}} {{cause}}',
      },
    ],
  },
  {
    ...{ kind: 'lines', title: 'First byte, p95', unit: 's', width: 8 },
    about: 'From the connection to the head of the service’s answer, without the client’s part.',
    queries: [
      {
        expr: `histogram_quantile(0.95, sum by (arm, le) (rate(${SERIES.firstByte.name}_bucket{${COMPARED.join(',')}}[$__rate_interval])))`,
        legend: ARM,
      },
    ],
  },
  {
    ...{ kind: 'lines', title: 'Slower than the objective', unit: 'percentunit', width: 12 },
    about: 'Share of the requests, beside what the plan’s objective allows.',
    queries: [
      {
        expr: `${rate(selected(SERIES.slow, ...COMPARED, 'reach="service"', 'reporter="edge"'), 'arm')} / (${requestRate('arm', ...COMPARED)} > 0)`,
        legend: ARM,
      },
      objective(`1 - max(${selected(SERIES.latencyRatio, CHOSEN)})`),
    ],
  },
  {
    ...{ kind: 'lines', title: 'New kinds of error', unit: 'none', width: 12 },
    about:
      'That no version had in the hour before, as the edges see them, and services with the SDK: `tinct errors` lists them.',
    queries: [
      {
        expr: `sum by (variant, reporter) (${selected(SERIES.newErrors, CHOSEN)})`,
        legend: '{{variant}}, {{reporter}}',
      },
    ],
  },
];

const step = (arm: string) => `sum(${selected(SERIES.stepUnits, CHOSEN, `arm="${arm}"`)})`;

const exposure: readonly Panel[] = [
  {
    ...{ kind: 'lines', title: 'The canary’s share of users', unit: 'percentunit', width: 8 },
    about:
      'What the plan gives it, and what it has since the percentage is what it is. If they stay apart, users are lost on the way.',
    queries: [
      { expr: nominalShare('release', CHOSEN), legend: 'nominal' },
      { expr: `${step('canary')} / (${step('canary')} + ${step('control')} > 0)`, legend: 'real' },
    ],
  },
  {
    ...{ kind: 'lines', title: 'Users of each version', unit: 'short', width: 8 },
    about:
      'Distinct users who came back and were given the version in this analysis, whoever decided; at least, of several edges.',
    queries: [
      { expr: atLeast(selected(SERIES.exposed, CHOSEN), 'variant'), legend: '{{variant}}' },
    ],
  },
  reasons,
];

const trust: readonly Panel[] = [
  {
    ...{ kind: 'lines', title: 'Flips', unit: 'percentunit', width: 8 },
    about:
      'Decisions for known users that gave another version than the last, and nothing explains it. Should be 0.',
    thresholds: [
      [null, 'transparent'],
      [0.001, 'red'],
    ],
    queries: [
      {
        expr: `${rate(selected(SERIES.flips, CHOSEN), 'release')} / (${rate(selected(SERIES.comparisons, CHOSEN), 'release')} > 0)`,
        legend: 'flips',
      },
    ],
  },
  {
    ...{
      kind: 'lines',
      title: 'Changes of version that something explains',
      unit: 'reqps',
      width: 8,
    },
    about: 'A higher revision, an abort, other attributes, memory that ended.',
    queries: [{ expr: rate(selected(SERIES.changes, CHOSEN), 'cause'), legend: '{{cause}}' }],
  },
  {
    ...{ kind: 'lines', title: 'Served as assigned', unit: 'percentunit', width: 8 },
    about:
      'Answers by whether the version that answered is the one assigned. Any `mismatch` means a route or a label is wrong.',
    isStacked: true,
    max: 1,
    queries: [
      {
        expr: `${rate(selected(SERIES.assignments, CHOSEN), 'served')} / on () group_left () (sum(rate(${selected(SERIES.assignments, CHOSEN)}[$__rate_interval])) > 0)`,
        legend: '{{served}}',
      },
    ],
  },
  {
    ...{ kind: 'lines', title: 'Whether its service answered', unit: 'reqps', width: 8 },
    about: 'Only `service` is compared; where there is none of it, the comparison is blind.',
    isStacked: true,
    queries: [
      {
        expr: rate(selected(SERIES.requests, CHOSEN, 'reporter="edge"'), 'reach'),
        legend: '{{reach}}',
      },
    ],
  },
  {
    ...{ kind: 'lines', title: 'Colors that arrive', unit: 'reqps', width: 8 },
    about: 'As services with the SDK tell: `missing` was lost on the way, and gets stable.',
    isStacked: true,
    queries: [{ expr: rate(selected(SERIES.arrivals, CHOSEN), 'color'), legend: '{{color}}' }],
  },
  revisions,
];

const sections: readonly Section[] = [
  { title: 'Now', panels: [state, nominal, people, worseErrors, worseP95, alertsNow] },
  { title: 'Is the canary worse?', panels: comparison },
  { title: 'The verdict', panels: verdict },
  { title: 'How long requests take', panels: [heat('canary'), heat('control')] },
  { title: 'More of the same', panels: details },
  { title: 'Who gets it?', panels: exposure },
  { title: 'Can the numbers be trusted?', panels: trust },
];

export const releaseDashboard: DashboardSpec = {
  uid: 'tinct-release',
  title: 'Tinct: one release',
  about:
    'Stable beside canary: is the new version worse, who gets it, and can the numbers be trusted?',
  isOfRelease: true,
  sections,
  marks: [
    planMarks,
    {
      ...{
        name: 'Deploy',
        color: 'purple',
        isTime: true,
        title: 'A new version or epoch: the analysis begins',
      },
      expr: `min(${selected(SERIES.analysisStart, CHOSEN)}) * 1000`,
    },
    {
      ...{ name: 'Abort', color: 'red', isTime: true, title: 'Aborted: everyone gets stable' },
      expr: `(max(${selected(SERIES.lastAbort, CHOSEN)}) > 0) * 1000`,
    },
    {
      // One mark however many fire: each would shade all panels once more.
      ...{ name: 'Alerts', color: 'orange', isTime: false, title: 'Alerts fire' },
      expr: `max(ALERTS{alertname=~"Tinct.+",severity!="none",alertstate="firing",${CHOSEN}})`,
    },
  ],
};
