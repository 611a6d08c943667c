/** What somebody is told of, and when. Each has a page in docs/runbooks. Pure. */
import { SERIES } from '@tinct/core';
import {
  analyserStale,
  canary,
  comparisons,
  control,
  LEAST_ERRORS,
  LEAST_REQUESTS,
} from './comparisons.ts';
import { ANSWERED, COMPARED } from './recording.ts';
import { type Alert, DAY, HOUR, MINUTE, type ObserveSettings } from './rule.ts';

interface Burn {
  readonly factor: number;
  readonly long: string;
  readonly short: string;
  readonly forSeconds: number;
  readonly severity: Alert['severity'];
}

/** Four speeds of burning a month's budget, by the Site Reliability Workbook, chapter 5. */
const BURNS: readonly Burn[] = [
  { factor: 14.4, long: '1h', short: '5m', forSeconds: 2 * MINUTE, severity: 'critical' },
  { factor: 6, long: '6h', short: '30m', forSeconds: 15 * MINUTE, severity: 'critical' },
  { factor: 3, long: '1d', short: '2h', forSeconds: HOUR, severity: 'warning' },
  { factor: 1, long: '3d', short: '6h', forSeconds: 3 * HOUR, severity: 'warning' },
];

function burn(
  name: string,
  record: string,
  objective: string,
  what: string,
): (speed: Burn) => Alert {
  return ({ factor, long, short, forSeconds, severity }) => {
    const most = `(${factor} * (1 - max by (release) (${objective})))`;
    const over = (window: string) =>
      `(release_variant:${record}:ratio_rate${window} > on (release) group_left () ${most})`;
    return {
      name,
      severity,
      forSeconds,
      isOfRelease: true,
      labels: { burn: `${factor}`, window: long },
      expr: `${over(long)}\nand on (release, variant) ${over(short)}`,
      summary: `{{ $labels.variant }} of {{ $labels.release }} burns its budget ${factor} times too fast.`,
      description: `Over ${long}, {{ $value | humanizePercentage }} of its requests ${what}. At ${factor} times the objective’s allowance a month’s budget lasts ${Math.round(720 / factor)} hours.`,
    };
  };
}

const budgets: readonly Alert[] = [
  ...BURNS.map(burn('TinctErrorBudgetBurn', 'tinct_errors', SERIES.availability.name, 'failed')),
  ...BURNS.map(
    burn('TinctLatencyBudgetBurn', 'tinct_slow', SERIES.latencyRatio.name, 'took too long'),
  ),
];

const perVariantRate = (name: string, more: string, window: string): string =>
  `sum by (release) (increase(${name}{${more}}[${window}]))`;

function budgetShare({ window }: ObserveSettings): Alert {
  const hours = window(6 * HOUR);
  const bad = perVariantRate(SERIES.errors.name, `${ANSWERED},arm="canary"`, hours);
  const all = perVariantRate(SERIES.requests.name, `${ANSWERED},class!~"abandoned|unseen"`, hours);
  const allowed = `(${all} * on (release) (1 - max by (release) (${SERIES.availability.name})))`;
  return {
    name: 'TinctCanaryBudgetShare',
    severity: 'warning',
    forSeconds: 5 * MINUTE,
    isOfRelease: true,
    expr: `
(${bad} / on (release) (${allowed} > 0)) > 0.25
and on (release) ${bad} >= ${LEAST_ERRORS}`,
    summary:
      'The canary alone has used {{ $value | humanizePercentage }} of {{ $labels.release }}’s error budget of six hours.',
    description:
      'Errors of the canary against all errors that the objective allows the release in that time. A small canary hides in the average; in the budget it doesn’t.',
  };
}

function noTraffic({ window }: ObserveSettings): Alert {
  return {
    name: 'TinctNoCanaryTraffic',
    severity: 'warning',
    forSeconds: 5 * MINUTE,
    isOfRelease: true,
    expr: `
max by (release) (${SERIES.canaryRatio.name}) > 0
unless on (release) sum by (release) (increase(${SERIES.requests.name}{reporter="edge",arm="canary"}[${window(10 * MINUTE)}])) > 0
unless on (release) max by (release) (${SERIES.aborted.name}) > 0`,
    summary: 'Nobody reaches the canary of {{ $labels.release }}.',
    description:
      'The plan gives it {{ $value | humanizePercentage }} of the users, and no request was decided for it in ten minutes. Nothing can be said of the version: no alert of it is a sign of health.',
  };
}

function blind({ window }: ObserveSettings): Alert {
  const seen = (reach: string) =>
    `sum by (release) (increase(${SERIES.requests.name}{reporter="edge",arm="canary",reach="${reach}"}[${window(10 * MINUTE)}]))`;
  return {
    name: 'TinctComparisonBlind',
    severity: 'warning',
    forSeconds: 5 * MINUTE,
    isOfRelease: true,
    expr: `
${seen('unknown')} >= ${LEAST_REQUESTS}
unless on (release) ${seen('service')} > 0`,
    summary: 'It is not known whether {{ $labels.release }} answers: its canary is not compared.',
    description:
      'Requests are colored, but no answer says that the release’s own service gave it. Alerts about errors and latency of the version stay silent for lack of data.',
  };
}

/**
 * Kinds of error that one edge found within the window. A canary has one or two by chance. Services are not asked: a pod of
 * the canary sees no other version, and calls new what all have.
 */
const LEAST_KINDS = 3;

function newErrors({ window }: ObserveSettings): Alert {
  const found = `increase(${SERIES.newErrors.name}{reporter="edge"}[${window(15 * MINUTE)}])`;
  return {
    name: 'TinctNewErrors',
    severity: 'warning',
    forSeconds: MINUTE,
    isOfRelease: true,
    expr: `max by (release, variant) (${found}) >= ${LEAST_KINDS}`,
    summary:
      '{{ $labels.variant }} of {{ $labels.release }} has errors that no version had before.',
    description:
      '{{ $value | humanize }} kinds of error within 15 minutes, by status and route. Few requests are enough to see them: the error ratio may not show it yet.',
  };
}

/** χ² with one degree of freedom; the sketches' own error widens it. */
const CHI_SQUARE = (() => {
  const [c, k] = [canary(SERIES.stepUnits.name), control(SERIES.stepUnits.name)];
  const p = SERIES.canaryRatio.name;
  return `(${c} * (1 - ${p}) - ${k} * ${p}) ^ 2
  / (
    (${c} + ${k}) * ${p} * (1 - ${p})
    + ((${c} * (1 - ${p})) ^ 2 + (${k} * ${p}) ^ 2)
      * on (instance, job) group_left () (${SERIES.estimateError.name} ^ 2)
  )`;
})();

const trust = ({ window }: ObserveSettings): readonly Alert[] => {
  const increase = (name: string, more = '') =>
    `sum by (release) (increase(${name}${more}[${window(15 * MINUTE)}]))`;
  const mismatched = increase(SERIES.assignments.name, '{served="mismatch"}');
  const flips = increase(SERIES.flips.name);
  const lost = increase(SERIES.arrivals.name, '{color="missing"}');
  return [
    {
      name: 'TinctSampleRatioMismatch',
      severity: 'warning',
      forSeconds: 10 * MINUTE,
      isOfRelease: true,
      expr: `
max by (release) (${CHI_SQUARE}) > 15.1
and on (release) max by (release) (${canary(SERIES.stepUnits.name)} + ${control(SERIES.stepUnits.name)}) >= 1000`,
      summary:
        'The canary of {{ $labels.release }} has not the share of users that the plan gives it.',
      description:
        'χ² {{ $value | humanize }}: less likely than one in ten thousand by chance. The arms are not alike; what is compared of them is not the version.',
    },
    {
      name: 'TinctServedMismatch',
      severity: 'critical',
      forSeconds: 2 * MINUTE,
      isOfRelease: true,
      expr: `
(${mismatched} / (${increase(SERIES.assignments.name, '{served!="unknown"}')} > 0)) > 0.001
and on (release) ${mismatched} >= ${LEAST_ERRORS}`,
      summary:
        '{{ $value | humanizePercentage }} of {{ $labels.release }}’s requests were answered by another version than assigned.',
      description:
        'A route is missing or overwritten, or pods bear the wrong label. Measurements of the version are mixed with the other’s.',
    },
    {
      name: 'TinctFlips',
      severity: 'warning',
      forSeconds: 5 * MINUTE,
      isOfRelease: true,
      expr: `
((${flips} / (${increase(SERIES.comparisons.name)} > 0)) > 0.001)
and on (release) ${flips} >= 5`,
      summary: 'Users of {{ $labels.release }} are thrown between versions.',
      description:
        '{{ $value | humanizePercentage }} of the decisions for known users gave another version than before, and no change of the plan, login, attribute or memory explains it.',
    },
    {
      name: 'TinctColorsLost',
      severity: 'warning',
      forSeconds: 5 * MINUTE,
      isOfRelease: true,
      expr: `
(${lost} / (${increase(SERIES.arrivals.name)} > 0)) > 0.01
and on (release) ${lost} >= ${LEAST_ERRORS}`,
      summary:
        '{{ $value | humanizePercentage }} of the requests to {{ $labels.release }} come without a color.',
      description: 'A hop before the service drops Tinct’s headers: these requests get stable.',
    },
  ];
};

const plans: readonly Alert[] = [
  {
    name: 'TinctRevisionsDisagree',
    severity: 'warning',
    forSeconds: 5 * MINUTE,
    isOfRelease: false,
    expr: `max by (job) (${SERIES.revision.name}) - min by (job) (${SERIES.revision.name}) > 0`,
    summary: 'Edges of {{ $labels.job }} hold different revisions of the plan.',
    description:
      'They are {{ $value }} revisions apart for five minutes. A user without a cookie may get another version from another edge.',
  },
  {
    name: 'TinctListStale',
    severity: 'warning',
    forSeconds: 5 * MINUTE,
    isOfRelease: false,
    expr: `count by (job, cohort) (count by (job, cohort, digest) (${SERIES.listInfo.name})) > 1`,
    summary: 'Edges of {{ $labels.job }} hold different lists for the cohort {{ $labels.cohort }}.',
    description:
      'At least one of them has not the list that the plan names: who is in the cohort depends on the edge.',
  },
  {
    name: 'TinctPlanRefused',
    severity: 'warning',
    forSeconds: MINUTE,
    isOfRelease: false,
    expr: `max by (job) (${SERIES.planRefused.name}) > 0`,
    summary: 'Edges of {{ $labels.job }} refuse the plan.',
    description:
      'The last good plan stays in force. What was changed since does nothing, an abort in the plan included.',
  },
];

const health = ({ window }: ObserveSettings): readonly Alert[] => [
  {
    name: 'TinctEdgeMissing',
    severity: 'critical',
    forSeconds: 2 * MINUTE,
    isOfRelease: false,
    expr: `absent(${SERIES.revision.name})`,
    summary: 'No edge tells anything.',
    description:
      'Tinct’s own series are missing, whatever `up` says: all other alerts of Tinct’s are blind.',
  },
  {
    name: 'TinctRuleEvaluationFailing',
    severity: 'critical',
    forSeconds: 5 * MINUTE,
    isOfRelease: false,
    expr: `sum by (rule_group) (increase(prometheus_rule_evaluation_failures_total{rule_group=~".*tinct.*"}[${window(COMPARED)}])) > 0`,
    summary: 'Prometheus cannot evaluate {{ $labels.rule_group }}.',
    description: 'Alerts of this group cannot fire.',
  },
  {
    name: 'TinctNotificationsFailing',
    severity: 'critical',
    forSeconds: 5 * MINUTE,
    isOfRelease: false,
    expr: `
sum by (alertmanager) (increase(prometheus_notifications_errors_total[${window(COMPARED)}])) > 0
or sum by (integration) (increase(alertmanager_notifications_failed_total[${window(COMPARED)}])) > 0`,
    summary: 'Alerts do not reach anybody.',
    description:
      'Prometheus cannot reach Alertmanager, or Alertmanager cannot notify. Look at the plan and the dashboards yourself.',
  },
  {
    name: 'TinctWatchdog',
    severity: 'none',
    forSeconds: 0,
    isOfRelease: false,
    expr: 'vector(1)',
    summary: 'Fires always.',
    description: 'Something outside should raise an alarm when this alert stops coming.',
  },
];

/** Every alert over the edge's and the services' own series. */
export function alerts(settings: ObserveSettings): readonly Alert[] {
  return [
    ...comparisons(settings),
    analyserStale(settings),
    ...budgets,
    budgetShare(settings),
    noTraffic(settings),
    blind(settings),
    newErrors(settings),
    ...trust(settings),
    ...plans,
    ...health(settings),
  ];
}

/** How far back the longest alert looks. */
export const LONGEST_WINDOW = 3 * DAY;
