/** For each alert: series under which it fires, series under which it stays silent, and series that recover. */

/** Series by promtool's notation, a value every 30 seconds. */
export type SeriesText = Readonly<Record<string, string>>;

export interface AlertCase {
  readonly alert: string;
  /** Which of its ways is tried, where it has several. */
  readonly by?: string;
  /** Two hours of trouble, unless said otherwise, then quiet ones. */
  readonly bad: SeriesText;
  readonly good: SeriesText;
  /** What the alert's labels must have, beside its name. */
  readonly labels: Readonly<Record<string, string>>;
  /** Minutes after which the trouble must have been told. */
  readonly firesAt: number;
  /** Minutes after which it must be over; the trouble ends at minute 120. */
  readonly overAt?: number;
}

const INFO =
  'tinct_release_info{release="shop",plan="p",owner="team-shop",stable="v1",state="running"}';

const cell = (variant: string, arm: string, more = ''): string =>
  `{release="shop",variant="${variant}",arm="${arm}",reach="service",reporter="edge"${more}}`;
const CANARY = (more = '') => cell('v2', 'canary', more);
const CONTROL = (more = '') => cell('v1', 'control', more);

/** A counter that grows by so much every 30 seconds for 120 minutes, then by something else. */
const steps = (each: number, later = each): string => {
  const first = 240 * each;
  return `0+${each}x240 ${first + later}+${later}x10000`;
};
const always = (value: number): string => `${value}x10240`;
const until = (value: number, later: number): string => `${value}x240 ${later}x10000`;

const TRAFFIC: SeriesText = {
  [INFO]: always(1),
  [`tinct_requests_total${CANARY(',class="2xx"')}`]: steps(60),
  [`tinct_requests_total${CONTROL(',class="2xx"')}`]: steps(600),
  [`tinct_errors_total${CONTROL(',cause="status"')}`]: steps(0),
};

const errors = (each: number): SeriesText => ({
  ...TRAFFIC,
  [`tinct_errors_total${CANARY(',cause="status"')}`]: steps(each, 0),
});

const lastingErrors: SeriesText = {
  ...TRAFFIC,
  [`tinct_errors_total${CANARY(',cause="status"')}`]: steps(3),
};

const aborted = (instance: string, values: string): SeriesText => ({
  [`tinct_release_aborted{release="shop",instance="${instance}"}`]: values,
});

/** All requests within one bucket. */
const histogram = (labels: (more: string) => string, each: number, slow: string): SeriesText => {
  const fast = slow === 'yes' ? steps(0, each) : steps(each);
  return {
    [`tinct_request_duration_seconds_bucket${labels(',le="0.05"')}`]: fast,
    [`tinct_request_duration_seconds_bucket${labels(',le="0.1"')}`]: fast,
    [`tinct_request_duration_seconds_bucket${labels(',le="0.5"')}`]: steps(each),
    [`tinct_request_duration_seconds_bucket${labels(',le="+Inf"')}`]: steps(each),
    [`tinct_request_duration_seconds_count${labels('')}`]: steps(each),
  };
};

const objectives: SeriesText = {
  'tinct_objective_availability_ratio{release="shop"}': always(0.999),
  'tinct_objective_latency_ratio{release="shop"}': always(0.99),
};

const units = (canary: number, control: number): SeriesText => ({
  [INFO]: always(1),
  'tinct_canary_nominal_ratio{release="shop",instance="a",job="tinct"}': always(0.05),
  'tinct_units_estimate_error_ratio{instance="a",job="tinct"}': always(0.016),
  'tinct_step_units{release="shop",arm="canary",instance="a",job="tinct"}': until(canary, 5000),
  'tinct_step_units{release="shop",arm="control",instance="a",job="tinct"}': until(control, 95000),
});

const RELEASE = { release: 'shop', owner: 'team-shop' };
const warned = { severity: 'warning' };
const critical = { severity: 'critical' };

function burns(alert: string, bad: (share: number) => SeriesText): AlertCase[] {
  const of = (burn: string, window: string, severity: string, share: number, firesAt: number) => ({
    ...{ alert, firesAt, bad: bad(share), good: bad(0), overAt: 300 },
    labels: { ...RELEASE, variant: 'v2', severity, burn, window },
  });
  return [
    of('14.4', '1h', 'critical', 20, 20),
    of('6', '6h', 'critical', 8, 60),
    of('3', '1d', 'warning', 4, 119),
  ];
}

/** A slow burn takes longer than the others' trouble lasts. */
const slowest = (alert: string, bad: SeriesText, good: SeriesText): AlertCase => ({
  ...{ alert, bad, good, firesAt: 250 },
  labels: { ...RELEASE, variant: 'v2', severity: 'warning', burn: '1', window: '3d' },
});

const budgetErrors = (share: number): SeriesText => ({
  ...objectives,
  ...TRAFFIC,
  [`tinct_requests_total${CANARY(',class="2xx"')}`]: steps(1000),
  [`tinct_errors_total${CANARY(',cause="status"')}`]: steps(share, 0),
});

const budgetSlow = (share: number): SeriesText => ({
  ...objectives,
  ...TRAFFIC,
  [`tinct_request_duration_seconds_count${CANARY()}`]: steps(100),
  [`tinct_slow_requests_total${CANARY()}`]: steps(share, 0),
});

const forever = (series: SeriesText, name: string, each: number): SeriesText => ({
  ...series,
  [`${name}`]: steps(each),
});

const assignments = (mismatch: number): SeriesText => ({
  [INFO]: always(1),
  'tinct_assignments_total{release="shop",variant="v2",served="match"}': steps(100),
  'tinct_assignments_total{release="shop",variant="v2",served="mismatch"}': steps(mismatch, 0),
});

/** So many at once at each of two edges, and none after that. */
const newKinds = (kinds: number): SeriesText => {
  const at = (variant: string, edge: string) =>
    `tinct_new_errors_total{release="shop",variant="${variant}",reporter="edge",instance="${edge}"}`;
  const once = `0x10 ${kinds}x10000`;
  return {
    [INFO]: always(1),
    [at('v1', 'a')]: always(0),
    [at('v2', 'a')]: once,
    [at('v2', 'b')]: once,
  };
};

const flipped = (flips: number): SeriesText => ({
  [INFO]: always(1),
  'tinct_version_comparisons_total{release="shop"}': steps(100),
  'tinct_version_flips_total{release="shop"}': steps(flips, 0),
});

const lost = (missing: number): SeriesText => ({
  [INFO]: always(1),
  'tinct_arrivals_total{release="shop",color="carried"}': steps(100),
  'tinct_arrivals_total{release="shop",color="missing"}': steps(missing, 0),
});

const nobody = (each: number): SeriesText => ({
  [INFO]: always(1),
  'tinct_canary_nominal_ratio{release="shop"}': always(0.05),
  'tinct_release_aborted{release="shop"}': always(0),
  [`tinct_requests_total${CANARY(',class="2xx"')}`]: steps(each, 1),
});

const unknown = (each: number): SeriesText => ({
  [INFO]: always(1),
  'tinct_requests_total{release="shop",variant="v2",arm="canary",reach="unknown",reporter="edge",class="2xx"}':
    steps(50),
  [`tinct_requests_total${CANARY(',class="2xx"')}`]: steps(each, 1),
});

/** Fresh: it looks every 30 seconds. */
const ANALYSER = 'tinct_analysis_last_success_timestamp_seconds{release="shop"}';
const FRESH: SeriesText = { [ANALYSER]: '0+30x10240' };
const OLD: SeriesText = { [ANALYSER]: '0x10240' };
const convictedBy = (metric: string, values: string): SeriesText => ({
  [`tinct_analysis_convicted{release="shop",metric="${metric}"}`]: values,
});
const percentage: SeriesText = {
  [INFO]: always(1),
  'tinct_canary_nominal_ratio{release="shop"}': always(0.05),
};

const istio = (version: string, failed: number): SeriesText => {
  const labels = `destination_service_name="shop",destination_service_namespace="ns",destination_version="${version}",reporter="destination"`;
  return {
    [`istio_requests_total{${labels},response_code="200",grpc_response_status=""}`]: steps(100),
    [`istio_requests_total{${labels},response_code="503",grpc_response_status=""}`]: steps(
      failed,
      0,
    ),
  };
};

const busy: SeriesText = {
  'istio_requests_total{destination_service_name="shop",destination_service_namespace="ns",destination_version="v1",reporter="destination",response_code="200"}':
    steps(1000),
};

const istioSlow = (version: string, slow: boolean): SeriesText => {
  const labels = `destination_service_name="shop",destination_service_namespace="ns",destination_version="${version}",reporter="destination"`;
  const name = 'istio_request_duration_milliseconds_bucket';
  return {
    [`${name}{${labels},le="50"}`]: slow ? steps(0, 100) : steps(100),
    [`${name}{${labels},le="500"}`]: steps(100),
    [`${name}{${labels},le="+Inf"}`]: steps(100),
  };
};

const ISTIO = {
  destination_service_name: 'shop',
  destination_service_namespace: 'ns',
  destination_version: 'v2',
};

export const CASES: readonly AlertCase[] = [
  {
    alert: 'TinctCanaryErrors',
    bad: errors(3),
    good: errors(0),
    firesAt: 10,
    labels: { ...RELEASE, ...critical },
  },
  // Taken back at one edge alone, it goes on; at all, it ends, though the last minutes' numbers are what they were.
  {
    ...{ alert: 'TinctCanaryErrors', by: 'until every edge has taken the release back' },
    bad: { ...lastingErrors, ...aborted('a', always(1)), ...aborted('b', until(0, 1)) },
    good: { ...lastingErrors, ...aborted('a', always(1)), ...aborted('b', always(1)) },
    firesAt: 10,
    overAt: 122,
    labels: { ...RELEASE, ...critical },
  },
  {
    alert: 'TinctCanarySlow',
    bad: { ...TRAFFIC, ...histogram(CANARY, 60, 'yes'), ...histogram(CONTROL, 600, 'no') },
    good: { ...TRAFFIC, ...histogram(CANARY, 60, 'no'), ...histogram(CONTROL, 600, 'no') },
    firesAt: 10,
    labels: { ...RELEASE, ...critical },
  },
  {
    ...{ alert: 'TinctCanaryErrors', by: 'by the analyser, where PromQL is silent' },
    bad: { ...errors(0), ...FRESH, ...convictedBy('errors', until(1, 0)) },
    // PromQL alone would fire.
    good: { ...errors(3), ...FRESH, ...convictedBy('errors', always(0)) },
    ...{ firesAt: 10, labels: { ...RELEASE, ...critical } },
  },
  {
    ...{ alert: 'TinctCanaryErrors', by: 'by PromQL, where the analyser’s word is old' },
    bad: { ...errors(3), ...OLD, ...convictedBy('errors', always(0)) },
    good: { ...errors(0), ...OLD, ...convictedBy('errors', always(1)) },
    ...{ firesAt: 10, labels: { ...RELEASE, ...critical } },
  },
  {
    ...{ alert: 'TinctCanarySlow', by: 'by the analyser, where PromQL is silent' },
    bad: {
      ...{ ...TRAFFIC, ...histogram(CANARY, 60, 'no'), ...histogram(CONTROL, 600, 'no') },
      ...{ ...FRESH, ...convictedBy('latency', until(1, 0)) },
    },
    good: {
      ...{ ...TRAFFIC, ...histogram(CANARY, 60, 'yes'), ...histogram(CONTROL, 600, 'no') },
      ...{ ...FRESH, ...convictedBy('latency', always(0)) },
    },
    ...{ firesAt: 10, labels: { ...RELEASE, ...critical } },
  },
  {
    alert: 'TinctCanaryWorse',
    bad: { ...TRAFFIC, ...FRESH, ...convictedBy('all', until(1, 0)) },
    good: { ...TRAFFIC, ...FRESH, ...convictedBy('errors', always(1)) },
    ...{ firesAt: 10, labels: { ...RELEASE, ...critical } },
  },
  {
    ...{ alert: 'TinctCanaryWorse', by: 'by a metric of the plan' },
    bad: { ...TRAFFIC, ...FRESH, ...convictedBy('custom', until(1, 0)) },
    good: { ...TRAFFIC, ...FRESH, ...convictedBy('custom', always(0)) },
    ...{ firesAt: 10, labels: { ...RELEASE, ...critical } },
  },
  {
    ...{ alert: 'TinctAnalyserStale', by: 'as it reads nothing any more' },
    bad: { ...percentage, [ANALYSER]: '0x240 7230+30x10000' },
    good: { ...percentage, ...FRESH },
    ...{ firesAt: 15, labels: { ...RELEASE, ...warned } },
  },
  {
    ...{ alert: 'TinctAnalyserStale', by: 'as it is not there any more' },
    bad: { ...percentage, [ANALYSER]: '0+30x20 _x220 7230+30x10000' },
    // It never ran.
    good: percentage,
    ...{ firesAt: 30, labels: { ...RELEASE, ...warned } },
  },
  {
    ...{ alert: 'TinctAnalyserStale', by: 'silent where the release has ended' },
    bad: { ...percentage, [ANALYSER]: '0x240 7230+30x10000' },
    good: {
      ...{ ...OLD, 'tinct_canary_nominal_ratio{release="shop"}': always(0.05) },
      [INFO.replace('running', 'aborted')]: always(1),
    },
    ...{ firesAt: 15, labels: { ...RELEASE, ...warned } },
  },
  ...burns('TinctErrorBudgetBurn', budgetErrors),
  slowest(
    'TinctErrorBudgetBurn',
    forever(budgetErrors(0), `tinct_errors_total${CANARY(',cause="status"')}`, 2),
    budgetErrors(0),
  ),
  ...burns('TinctLatencyBudgetBurn', budgetSlow),
  slowest(
    'TinctLatencyBudgetBurn',
    forever(budgetSlow(0), `tinct_slow_requests_total${CANARY()}`, 2),
    budgetSlow(0),
  ),
  {
    alert: 'TinctCanaryBudgetShare',
    bad: { ...objectives, ...errors(3) },
    good: { ...objectives, ...errors(0) },
    firesAt: 20,
    overAt: 520,
    labels: { ...RELEASE, ...warned },
  },
  {
    alert: 'TinctNoCanaryTraffic',
    bad: nobody(0),
    good: nobody(1),
    firesAt: 20,
    labels: { ...RELEASE, ...warned },
  },
  {
    alert: 'TinctComparisonBlind',
    bad: unknown(0),
    good: unknown(1),
    firesAt: 20,
    labels: { ...RELEASE, ...warned },
  },
  {
    alert: 'TinctSampleRatioMismatch',
    bad: units(8000, 95000),
    good: units(5050, 94950),
    firesAt: 20,
    labels: { ...RELEASE, ...warned },
  },
  {
    alert: 'TinctNewErrors',
    bad: newKinds(3),
    good: newKinds(2),
    firesAt: 10,
    labels: { ...RELEASE, variant: 'v2', ...warned },
  },
  {
    alert: 'TinctServedMismatch',
    bad: assignments(5),
    good: assignments(0),
    firesAt: 10,
    labels: { ...RELEASE, ...critical },
  },
  {
    alert: 'TinctFlips',
    bad: flipped(5),
    good: flipped(0),
    firesAt: 10,
    labels: { ...RELEASE, ...warned },
  },
  {
    alert: 'TinctColorsLost',
    bad: lost(5),
    good: lost(0),
    firesAt: 15,
    labels: { ...RELEASE, ...warned },
  },
  {
    alert: 'TinctRevisionsDisagree',
    bad: {
      'tinct_plan_revision{job="tinct",instance="a"}': always(7),
      'tinct_plan_revision{job="tinct",instance="b"}': until(6, 7),
    },
    good: {
      'tinct_plan_revision{job="tinct",instance="a"}': always(7),
      'tinct_plan_revision{job="tinct",instance="b"}': always(7),
    },
    firesAt: 10,
    labels: { job: 'tinct', ...warned },
  },
  {
    alert: 'TinctListStale',
    bad: {
      'tinct_list_info{job="tinct",instance="a",cohort="beta",digest="aa"}': always(1),
      'tinct_list_info{job="tinct",instance="b",cohort="beta",digest="bb"}': '1x240 stale',
    },
    good: {
      'tinct_list_info{job="tinct",instance="a",cohort="beta",digest="aa"}': always(1),
      'tinct_list_info{job="tinct",instance="b",cohort="beta",digest="aa"}': always(1),
    },
    firesAt: 10,
    labels: { job: 'tinct', cohort: 'beta', ...warned },
  },
  {
    alert: 'TinctPlanRefused',
    bad: { 'tinct_plan_refused{job="tinct"}': until(1, 0) },
    good: { 'tinct_plan_refused{job="tinct"}': always(0) },
    firesAt: 5,
    labels: { job: 'tinct', ...warned },
  },
  {
    alert: 'TinctEdgeMissing',
    bad: { 'tinct_plan_revision{job="tinct"}': '_x240 1x10000' },
    good: { 'tinct_plan_revision{job="tinct"}': always(1) },
    firesAt: 5,
    labels: { ...critical },
  },
  {
    alert: 'TinctRuleEvaluationFailing',
    bad: { 'prometheus_rule_evaluation_failures_total{rule_group="x;tinct.alerts"}': steps(1, 0) },
    good: { 'prometheus_rule_evaluation_failures_total{rule_group="x;tinct.alerts"}': steps(0) },
    firesAt: 10,
    labels: { rule_group: 'x;tinct.alerts', ...critical },
  },
  {
    alert: 'TinctNotificationsFailing',
    bad: { 'prometheus_notifications_errors_total{alertmanager="http://am"}': steps(1, 0) },
    good: { 'prometheus_notifications_errors_total{alertmanager="http://am"}': steps(0) },
    firesAt: 10,
    labels: { alertmanager: 'http://am', ...critical },
  },
  {
    alert: 'TinctIstioVersionErrors',
    bad: { ...busy, ...istio('v2', 5) },
    good: { ...busy, ...istio('v2', 0) },
    firesAt: 10,
    labels: { ...ISTIO, ...critical },
  },
  {
    alert: 'TinctIstioVersionSlow',
    bad: { ...busy, ...istio('v2', 0), ...istioSlow('v1', false), ...istioSlow('v2', true) },
    good: { ...busy, ...istio('v2', 0), ...istioSlow('v1', false), ...istioSlow('v2', false) },
    firesAt: 10,
    labels: { ...ISTIO, ...critical },
  },
];
