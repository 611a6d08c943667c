/**
 * The same questions to Istio's own series, for those without Tinct's edge. Istio knows versions of workloads and no arms:
 * staff and cohorts are counted with the canary, and everyone else is stable.  So a comparison is of versions, not of
 * users whom the same percentage divided, and there are no flips, no assignments, no people. Pure.
 */
import {
  type Alert,
  alertingRule,
  MINUTE,
  type ObserveSettings,
  type RecordingRule,
  type RuleGroup,
} from './rule.ts';

const BY = 'destination_service_name, destination_service_namespace, destination_version';
const SERVICE = 'destination_service_name, destination_service_namespace';
/** What the service's own proxy saw. */
const SEEN = 'reporter="destination"';
const FAILED = `${SEEN},response_code=~"5.."`;
const GRPC_FAILED = `${SEEN},response_code!~"5..",grpc_response_status=~"2|4|12|13|14|15"`;

const RATIO = 'service_version:istio_errors:ratio';
const RATE = 'service_version:istio_requests:rate';
const P95 = 'service_version:istio_request_duration_seconds:p95';

function records({ window }: ObserveSettings): RecordingRule[] {
  const within = window(5 * MINUTE);
  const rate = (selector: string) =>
    `sum by (${BY}) (rate(istio_requests_total{${selector}}[${within}]))`;
  const errors = `(${rate(FAILED)} or 0 * ${RATE}) + (${rate(GRPC_FAILED)} or 0 * ${RATE})`;
  return [
    { record: RATE, expr: rate(SEEN) },
    { record: RATIO, expr: `(${errors}) / (${RATE} > 0)` },
    {
      record: P95,
      expr: `histogram_quantile(0.95, sum by (${BY}, le) (rate(istio_request_duration_milliseconds_bucket{${SEEN}}[${within}]))) / 1000`,
    },
  ];
}

/** Of a service's versions the one with the most requests stands for stable. */
const busiest = `(${RATE} == on (${SERVICE}) group_left () max by (${SERVICE}) (${RATE}))`;
const others = (record: string): string => `(${record} unless on (${BY}) ${busiest})`;
const stable = (record: string): string =>
  `max by (${SERVICE}) (${record} and on (${BY}) ${busiest})`;
const enough = `and on (${BY}) ${RATE} > 0.3`;

const ALERTS: readonly Alert[] = [
  {
    name: 'TinctIstioVersionErrors',
    severity: 'critical',
    forSeconds: MINUTE,
    isOfRelease: false,
    expr: `
(${others(RATIO)} > on (${SERVICE}) group_left () (2 * ${stable(RATIO)} + 0.01))
${enough}`,
    summary:
      '{{ $labels.destination_version }} of {{ $labels.destination_service_name }} fails {{ $value | humanizePercentage }} of its requests.',
    description:
      'More than twice as many as the busiest version, and at least one in a hundred more. Istio cannot tell arms: look at who the users are.',
  },
  {
    name: 'TinctIstioVersionSlow',
    severity: 'critical',
    forSeconds: MINUTE,
    isOfRelease: false,
    expr: `
(${others(P95)} > on (${SERVICE}) group_left () (1.5 * ${stable(P95)} + 0.05))
${enough}`,
    summary:
      '{{ $labels.destination_version }} of {{ $labels.destination_service_name }} is slow: p95 {{ $value | humanizeDuration }}.',
    description:
      'More than half as long again as the busiest version’s, and at least 50 ms longer. Istio cannot tell arms: look at who the users are.',
  },
];

export function istioGroups(settings: ObserveSettings): RuleGroup[] {
  const rules = ALERTS.map((alert) => alertingRule(alert, settings));
  const interval = settings.window(30);
  return [
    { name: 'tinct.istio', interval, rules: records(settings) },
    { name: 'tinct.istio.alerts', interval, rules },
  ];
}

export const ISTIO_ALERTS: readonly string[] = ALERTS.map(({ name }) => name);
