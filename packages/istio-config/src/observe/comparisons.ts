/** Whether the canary is worse: by the analyser's word where it runs, and by what PromQL can say where it does not. Pure. */
import { SERIES } from '@tinct/core';
import { COMPARED } from './recording.ts';
import { type Alert, DAY, MINUTE, type ObserveSettings } from './rule.ts';

export const canary = (record: string): string => `sum without (arm) (${record}{arm="canary"})`;
export const control = (record: string): string => `sum without (arm) (${record}{arm="control"})`;

/** When `TinctCanaryErrors` fires where no analyser runs; `bench alerts` simulates what comes of it. */
export const CANARY_ERRORS = {
  /** The canary's share of errors is more than so many times control's, … */
  times: 2,
  /** … and more than so much above it. */
  difference: 0.01,
  /** Least numbers in the window, below which nothing is said: of the canary's errors, of each arm's requests. */
  leastErrors: 10,
  leastRequests: 100,
  windowSeconds: COMPARED,
  forSeconds: MINUTE,
} as const;

export const { leastErrors: LEAST_ERRORS, leastRequests: LEAST_REQUESTS } = CANARY_ERRORS;
/** Seconds after which the analyser's word is old. */
const OLD = 5 * MINUTE;

const P95 = `release_arm:${SERIES.duration.name}:p95`;
const ERRORS = 'release_arm:tinct_errors:ratio';

const enough = `and on (release) ${canary('release_arm:tinct_requests:increase')} >= ${LEAST_REQUESTS}
and on (release) ${control('release_arm:tinct_requests:increase')} >= ${LEAST_REQUESTS}`;

/** Releases that the analyser has just looked at. */
const judged = ({ seconds }: ObserveSettings): string =>
  `max by (release) (${SERIES.lastSuccess.name}) > time() - ${seconds(OLD)}`;

const convicted = (metrics: string): string =>
  `max by (release) (${SERIES.convicted.name}{metric=~"${metrics}"}) == 1`;

/** Where every edge has taken the release back, what its canary did in the last minutes troubles nobody any more. */
const unlessTakenBack = `unless on (release) min by (release) (${SERIES.aborted.name}) > 0`;

/** `shown`: the alert's value, which is there while the canary has requests. */
const byEither = (
  metric: string,
  shown: string,
  fallback: string,
  settings: ObserveSettings,
): string => `
(
(
${shown}
and on (release) ${convicted(metric)}
and on (release) ${judged(settings)}
)
or
(
${fallback}
unless on (release) ${judged(settings)}
)
)
${unlessTakenBack}`;

export const comparisons = (settings: ObserveSettings): readonly Alert[] => [
  {
    name: 'TinctCanaryErrors',
    severity: 'critical',
    forSeconds: CANARY_ERRORS.forSeconds,
    isOfRelease: true,
    expr: byEither(
      'errors',
      canary(ERRORS),
      `(${canary(ERRORS)} > ${CANARY_ERRORS.times} * ${control(ERRORS)})
and on (release) (${canary(ERRORS)} - ${control(ERRORS)} > ${CANARY_ERRORS.difference})
and on (release) ${canary('release_arm:tinct_errors:increase')} >= ${LEAST_ERRORS}
${enough}`,
      settings,
    ),
    summary:
      'The canary of {{ $labels.release }} fails {{ $value | humanizePercentage }} of its requests.',
    description:
      'Users whom the same percentage rule gave the new version get errors more often than those it left on stable: by the evidence of `tinct watch --serve`; where that does not run, more than twice as often, and at least one in a hundred more.',
  },
  {
    name: 'TinctCanarySlow',
    severity: 'critical',
    forSeconds: MINUTE,
    isOfRelease: true,
    expr: byEither(
      'latency',
      canary(P95),
      `(${canary(P95)} > 1.5 * ${control(P95)})
and on (release) (${canary(P95)} - ${control(P95)} > 0.05)
${enough}`,
      settings,
    ),
    summary: 'The canary of {{ $labels.release }} is slow: p95 {{ $value | humanizeDuration }}.',
    description:
      'Slow requests are more frequent than control’s by the evidence of `tinct watch --serve`; where that does not run, the slowest twentieth takes more than half as long again as control’s, and at least 50 ms longer.',
  },
  {
    name: 'TinctCanaryWorse',
    severity: 'critical',
    forSeconds: MINUTE,
    isOfRelease: true,
    expr: `
${canary('release_arm:tinct_requests:increase')} > 0
and on (release) ${convicted('refusals|custom|all')}
and on (release) ${judged(settings)}
${unlessTakenBack}`,
    summary:
      'The canary of {{ $labels.release }} is worse: more 4xx, a metric of the plan, or a little of everything.',
    description:
      'By the evidence of `tinct watch --serve` it answers 4xx more often than control, one of the plan’s own metrics is worse, or no metric convicts it alone and all of them together do.',
  },
];

/** A release of which it had a word within a day, and which still has a canary. */
export function analyserStale({ window, seconds }: ObserveSettings): Alert {
  return {
    name: 'TinctAnalyserStale',
    severity: 'warning',
    forSeconds: 5 * MINUTE,
    isOfRelease: true,
    expr: `
time() - max by (release) (last_over_time(${SERIES.lastSuccess.name}[${window(DAY)}])) > ${seconds(OLD)}
and on (release) max by (release) (${SERIES.canaryRatio.name}) > 0
unless on (release) max by (release) (${SERIES.releaseInfo.name}{state=~"aborted|completed"})`,
    summary:
      'Nobody judges {{ $labels.release }} any more: the analyser last did {{ $value | humanizeDuration }} ago.',
    description:
      '`tinct watch --serve` has stopped, or cannot read Prometheus. Alerts of the canary are by PromQL’s coarse comparison until it is back; it makes up for what it missed.',
  };
}
