/** The dashboard of Tinct itself: are the edges well, and do they hold the same plan? Pure. */
import { SERIES } from '@tinct/core';
import { planMarks, reasons, revisions } from './common.ts';
import { rate, selected } from './queries.ts';
import type { DashboardSpec, Panel } from './spec.ts';

const EDGE = '{{instance}}';
const WRONG = [
  [null, 'green'],
  [1, 'red'],
] as const;

const now: readonly Panel[] = [
  {
    ...{ kind: 'number', title: 'Edges', unit: 'none', width: 6, decimals: 0 },
    about: 'That want requests.',
    thresholds: [
      [null, 'red'],
      [1, 'green'],
    ],
    queries: [{ expr: `sum(${SERIES.ready.name})`, legend: 'ready' }],
  },
  {
    ...{ kind: 'number', title: 'Revisions apart', unit: 'none', width: 6, decimals: 0 },
    about: 'Between the edge with the newest plan and the one with the oldest. Should be 0.',
    thresholds: WRONG,
    queries: [
      { expr: `max(${SERIES.revision.name}) - min(${SERIES.revision.name})`, legend: 'revisions' },
    ],
  },
  {
    ...{ kind: 'number', title: 'Edges that refuse the plan', unit: 'none', width: 6, decimals: 0 },
    about: 'The last good one stays in force there. Should be 0.',
    thresholds: WRONG,
    queries: [{ expr: `sum(${SERIES.planRefused.name})`, legend: 'refusing' }],
  },
  {
    ...{ kind: 'number', title: 'Age of the plan', unit: 's', width: 6, decimals: 0 },
    about: 'Since the youngest edge took it.',
    queries: [{ expr: `time() - max(${SERIES.planSince.name})`, legend: 'age' }],
  },
];

const traffic: readonly Panel[] = [
  {
    ...{ kind: 'lines', title: 'Requests forwarded', unit: 'reqps', width: 8 },
    about: 'By edge.',
    isStacked: true,
    queries: [{ expr: rate(SERIES.forwarded.name, 'instance'), legend: EDGE }],
  },
  {
    ...{ kind: 'lines', title: 'Requests in flight', unit: 'none', width: 8 },
    about: 'A line that climbs: services do not answer.',
    queries: [{ expr: `sum by (instance) (${SERIES.inFlight.name})`, legend: EDGE }],
  },
  {
    ...{ kind: 'lines', title: 'Refused by the edge', unit: 'reqps', width: 8 },
    about: 'For what they are, or because there are too many (`limits.requests`). Of no version.',
    queries: [
      { expr: rate(SERIES.refused.name, 'instance'), legend: `${EDGE} malformed` },
      { expr: rate(SERIES.overloaded.name, 'instance'), legend: `${EDGE} overloaded` },
    ],
  },
  {
    ...{ kind: 'lines', title: 'Connections ended', unit: 'cps', width: 8 },
    about: 'Beyond a limit, or against the rules of HTTP/2.',
    queries: [{ expr: rate(SERIES.dropped.name, 'reason'), legend: '{{reason}}' }],
  },
  {
    ...{ kind: 'lines', title: 'Not believed', unit: 'reqps', width: 8 },
    about: 'What requests said of themselves: forged cookies, refused overrides and tokens.',
    queries: [
      {
        expr: `${rate(SERIES.identityFailures.name, 'source, reason')} > 0 or sum by (source) (rate(${SERIES.identityFailures.name}[$__rate_interval]))`,
        legend: '{{source}} {{reason}}',
      },
    ],
  },
  reasons,
];

const plans: readonly Panel[] = [
  revisions,
  {
    ...{ kind: 'lines', title: 'Plans refused', unit: 'none', width: 8, isStep: true },
    about: 'Since the edge started.',
    queries: [{ expr: `sum by (instance) (${SERIES.planRefusals.name})`, legend: EDGE }],
  },
  {
    ...{ kind: 'lines', title: 'Edges by list', unit: 'none', width: 8, isStep: true },
    about: 'Two digests of one cohort that stay: an edge holds an old list.',
    queries: [
      {
        expr: `count by (cohort, digest) (${SERIES.listInfo.name})`,
        legend: '{{cohort}} {{digest}}',
      },
    ],
  },
  {
    ...{ kind: 'lines', title: 'Workers replaced', unit: 'none', width: 8, isStep: true },
    about: 'That died, hung or ran out of memory, where an edge has several.',
    queries: [{ expr: `sum by (instance) (${SERIES.deaths.name})`, legend: EDGE }],
  },
  {
    ...{
      kind: 'lines',
      title: 'Share of users in the sample',
      unit: 'percentunit',
      width: 8,
      max: 1,
    },
    about: 'By which flips are found where there is no cookie.',
    queries: [{ expr: `min by (release) (${SERIES.sampled.name})`, legend: '{{release}}' }],
  },
  {
    ...{ kind: 'lines', title: 'Time a scrape takes', unit: 's', width: 8 },
    about: 'Of an edge’s `/metrics`.',
    queries: [
      {
        expr: `max by (instance) (scrape_duration_seconds and on (instance, job) ${selected(SERIES.revision)})`,
        legend: EDGE,
      },
    ],
  },
];

/** `tinct watch --serve`, where it runs. */
const analyser: readonly Panel[] = [
  {
    ...{ kind: 'lines', title: 'Since measurements were last read', unit: 's', width: 8 },
    about: 'By release. A line that climbs: its verdict is old.',
    queries: [
      { expr: `time() - max by (release) (${SERIES.lastSuccess.name})`, legend: '{{release}}' },
    ],
  },
  {
    ...{ kind: 'lines', title: 'Since the last evidence', unit: 's', width: 8 },
    about: 'How old the last interval is that could be compared.',
    queries: [
      { expr: `time() - max by (release) (${SERIES.takenIn.name})`, legend: '{{release}}' },
    ],
  },
  {
    ...{ kind: 'lines', title: 'What the analyser could not use', unit: 'none', width: 8 },
    about:
      'Measurements that could not be read, and kept evidence that was lost, since it started.',
    isStep: true,
    queries: [
      { expr: `sum by (release) (${SERIES.readFailures.name})`, legend: '{{release}} unread' },
      { expr: `sum by (release) (${SERIES.stateLosses.name})`, legend: '{{release}} lost' },
    ],
  },
];

export const healthDashboard: DashboardSpec = {
  uid: 'tinct-health',
  title: 'Tinct: the edges',
  about: 'Are the edges well, and do they hold the same plan?',
  isOfRelease: false,
  sections: [
    { title: 'Now', panels: now },
    { title: 'Traffic', panels: traffic },
    { title: 'Plans and lists', panels: plans },
    { title: 'The analyser', panels: analyser },
  ],
  marks: [planMarks],
};
