/** What an analyser says of its releases, as families of Tinct's catalogue. */
import {
  type AnalysisReport,
  type MetricDefinition,
  type MetricFamily,
  type Point,
  SERIES,
} from '@tinct/core/watching';
import type { FollowedRelease } from './followed.ts';

const VERDICTS = ['pass', 'fail', 'inconclusive'] as const;
const METRICS = ['errors', 'latency', 'refusals'] as const;
/** Those of the plan. */
const CUSTOM = 'custom';
/** Of all metrics. */
const TOGETHER = 'all';

export function analysisFamilies(releases: readonly FollowedRelease[]): MetricFamily[] {
  const reported = releases.flatMap(({ release, report }) =>
    report === undefined ? [] : [{ release, report }],
  );
  const of = (points: (report: AnalysisReport) => readonly Labelled[]): Point[] =>
    reported.flatMap(({ release, report }) =>
      points(report).map(({ value, ...labels }) => ({ labels: { release, ...labels }, value })),
    );
  const each = (metric: MetricDefinition, value: (one: FollowedRelease) => number) => ({
    metric,
    points: releases.map((one) => ({ labels: { release: one.release }, value: value(one) })),
  });
  return [
    { metric: SERIES.evidence, points: of(evidence) },
    { metric: SERIES.verdict, points: of(verdict) },
    { metric: SERIES.convicted, points: of(convicted) },
    each(SERIES.lastSuccess, ({ lastSuccess }) => lastSuccess),
    { metric: SERIES.takenIn, points: of(end) },
    each(SERIES.readFailures, ({ failures }) => failures),
    each(SERIES.stateLosses, ({ losses }) => losses),
  ];
}

interface Labelled {
  readonly value: number;
  readonly metric?: string;
  readonly verdict?: string;
}

function evidence({ history, logWorse, custom }: AnalysisReport): Labelled[] {
  const last = history.at(-1)?.metrics;
  const own = custom.length === 0 ? [] : [Math.max(...custom.map((each) => each.logWorse))];
  return [
    ...METRICS.map((metric) => ({ metric, value: last?.[metric] ?? 0 })),
    ...own.map((value) => ({ metric: CUSTOM, value })),
    { metric: TOGETHER, value: logWorse },
  ];
}

const verdict = (report: AnalysisReport): Labelled[] =>
  VERDICTS.map((name) => ({ verdict: name, value: report.verdict === name ? 1 : 0 }));

const convicted = ({ verdict, reasons }: AnalysisReport): Labelled[] =>
  [...METRICS, CUSTOM, TOGETHER].map((metric) => {
    const isSo = verdict === 'fail' && reasons.some((reason) => reason === `${metric}-worse`);
    return { metric, value: isSo ? 1 : 0 };
  });

/** Nothing was taken in before the first interval. */
const end = ({ at, start }: AnalysisReport): Labelled[] =>
  at === undefined || at === start ? [] : [{ value: at }];
