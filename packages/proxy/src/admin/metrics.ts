/**
 * What the edge measures, as families of Tinct's catalogue. No path, user, host or header becomes a label: the plan bounds
 * how many series there are.
 */
import {
  CONTENT_TYPES,
  type ExpositionFormat,
  ExpositionWriter,
  formatFor,
  type MetricDefinition,
  type MetricFamily,
  type Point,
  SERIES,
} from '@tinct/core';
import type { FlipStats } from '../record/flips.ts';
import { planFamilies } from './plan-families.ts';
import { unitFamilies, versionFamilies } from './version-families.ts';
import type { AdminView } from './view.ts';

type Stats = ReturnType<AdminView['stats']>;

const single = (metric: MetricDefinition, value: number): MetricFamily => ({
  metric,
  points: [{ labels: {}, value }],
});

function identityFailures({ failures }: Stats): Point[] {
  return Object.entries(failures).map(([failure, value]) => {
    const [source = '', reason = ''] = failure.split('.');
    return { labels: { source, reason }, value };
  });
}

function decisionFamilies(stats: Stats): MetricFamily[] {
  const { flips, reasons } = stats;
  const by = (metric: MetricDefinition, pick: (each: FlipStats) => number): MetricFamily => ({
    metric,
    points: flips.map((each) => ({ labels: { release: each.release }, value: pick(each) })),
  });
  const changes = flips.flatMap(({ release, changes }) =>
    Object.entries(changes).map(([cause, value]) => ({ labels: { release, cause }, value })),
  );
  const byReason = Object.entries(reasons).map(([reason, value]) => ({
    labels: { reason },
    value,
  }));
  return [
    { metric: SERIES.decisions, points: byReason },
    by(SERIES.comparisons, ({ compared }) => compared),
    by(SERIES.flips, (each) => each.flips),
    { metric: SERIES.changes, points: changes },
    by(SERIES.returned, ({ returned }) => returned),
    by(SERIES.sampled, ({ sampled }) => sampled),
    { metric: SERIES.identityFailures, points: identityFailures(stats) },
  ];
}

const droppedPoints = ({ dropped }: Stats): Point[] =>
  Object.entries(dropped).map(([reason, value]) => ({ labels: { reason }, value }));

function edgeFamilies(stats: Stats, isReady: boolean): MetricFamily[] {
  const { requests, refused, overloaded, inFlight, strangers, deaths } = stats;
  return [
    single(SERIES.forwarded, requests),
    single(SERIES.refused, refused),
    single(SERIES.overloaded, overloaded),
    { metric: SERIES.dropped, points: droppedPoints(stats) },
    ...(strangers === undefined ? [] : [single(SERIES.strangers, strangers)]),
    ...(deaths === undefined ? [] : [single(SERIES.deaths, deaths)]),
    single(SERIES.inFlight, inFlight),
    single(SERIES.ready, isReady ? 1 : 0),
  ];
}

/** Everything, as it is now. */
export function edgeMetrics(view: Pick<AdminView, 'stats' | 'plan' | 'isReady'>): MetricFamily[] {
  const stats = view.stats();
  return [
    ...versionFamilies(stats.releases),
    ...unitFamilies(stats.releases),
    ...decisionFamilies(stats),
    ...planFamilies(view.plan.status(), stats),
    ...edgeFamilies(stats, view.isReady()),
  ];
}

const writers: Readonly<Record<ExpositionFormat, ExpositionWriter>> = {
  prometheus: new ExpositionWriter('prometheus'),
  openmetrics: new ExpositionWriter('openmetrics'),
};

/** In the format that the scraper asks for. */
export function metricsText(
  view: Parameters<typeof edgeMetrics>[0],
  accept?: string,
): { readonly type: string; readonly body: string } {
  const format = formatFor(accept);
  return { type: CONTENT_TYPES[format], body: writers[format].write(edgeMetrics(view)) };
}
