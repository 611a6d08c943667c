/**
 * What the edge measures, as families of Tinct's catalogue. No path, user, host or header becomes a label: the plan bounds
 * how many series there are.
 */
import {
  DISTINCT_ERROR,
  type MetricDefinition,
  type MetricFamily,
  type Point,
  SERIES,
} from '@tinct/core';
import type { Engine, EngineMeasured } from '../run/engine.ts';
import { byName, nowOf, type PerRelease, type ReleaseNow, single, toldBy } from './per-release.ts';
import { PLAN_FAMILIES, planFamilies } from './plan-families.ts';
import { Points } from './series.ts';
import { FLIP_FAMILIES, UNIT_FAMILIES } from './unit-families.ts';
import { VERSION_FAMILIES } from './version-families.ts';

/** Whose metrics these are. */
export interface MetricsSource {
  readonly plan: Pick<Engine['plan'], 'status'>;
  readonly measured: Engine['measured'];
  readonly wantExamples: Engine['wantExamples'];
  /** False while it drains. */
  readonly isReady: () => boolean;
}

/** What each release contributes. */
export const RELEASE_FAMILIES: readonly PerRelease[] = [
  ...VERSION_FAMILIES,
  ...UNIT_FAMILIES,
  ...FLIP_FAMILIES,
  ...PLAN_FAMILIES,
];

/** What a release contributes to the metric at this place. */
export function familyOf(place: number, now: ReleaseNow): MetricFamily {
  const { metric, write } = RELEASE_FAMILIES[place] as PerRelease;
  const points = new Points();
  write(now, points);
  return { metric, points: points.all };
}

function identityFailures({ failures }: EngineMeasured): Point[] {
  return Object.entries(failures).map(([failure, value]) => {
    const [source = '', reason = ''] = failure.split('.');
    return { labels: { source, reason }, value };
  });
}

/** What no release has. */
export function edgeFamilies(
  source: Pick<MetricsSource, 'plan' | 'isReady'>,
  measured: EngineMeasured,
): MetricFamily[] {
  const { requests, refused, overloaded, inFlight, strangers, deaths } = measured;
  return [
    single(SERIES.estimateError, DISTINCT_ERROR),
    byName(SERIES.decisions, 'reason', measured.reasons),
    { metric: SERIES.identityFailures, points: identityFailures(measured) },
    ...planFamilies(source.plan.status(), measured),
    single(SERIES.forwarded, requests),
    single(SERIES.refused, refused),
    single(SERIES.overloaded, overloaded),
    byName(SERIES.dropped, 'reason', measured.dropped),
    ...(strangers === undefined ? [] : [single(SERIES.strangers, strangers)]),
    ...(deaths === undefined ? [] : [single(SERIES.deaths, deaths)]),
    single(SERIES.inFlight, inFlight),
    single(SERIES.ready, source.isReady() ? 1 : 0),
  ];
}

/** Every metric, in the order in which they are written. */
export const METRICS: readonly MetricDefinition[] = Object.values(SERIES);

const inOrder = (families: MetricFamily[]): MetricFamily[] =>
  families.sort((a, b) => METRICS.indexOf(a.metric) - METRICS.indexOf(b.metric));

/** Everything, as it is now: for OpenTelemetry's readers, which ask for all of it each time. */
export function edgeMetrics(source: MetricsSource): MetricFamily[] {
  const measured = source.measured();
  const told = toldBy(source.plan.status(), measured);
  const points = new Map<MetricDefinition, Point[]>(
    RELEASE_FAMILIES.map(({ metric }) => [metric, []]),
  );
  for (const { shape, read } of measured.releases) {
    const now = nowOf(shape.name, read(), told.get(shape.name));
    for (const place of RELEASE_FAMILIES.keys()) {
      const family = familyOf(place, now);
      points.get(family.metric)?.push(...family.points);
    }
  }
  const ofReleases = [...points].map(([metric, all]) => ({ metric, points: all }));
  return inOrder([...ofReleases, ...edgeFamilies(source, measured)]);
}
