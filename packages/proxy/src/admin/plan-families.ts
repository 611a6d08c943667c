/** What the plan in force says and how it got there, as metrics: to be joined on. */
import {
  type CompiledPlan,
  type CompiledRelease,
  type MetricDefinition,
  type MetricFamily,
  type Point,
  type Release,
  SERIES,
} from '@tinct/core';
import type { PlanStatus } from '@tinct/sdk';
import type { PlanStats } from '../record/plan-history.ts';
import { canaryShare } from '../record/roster.ts';

const DIGEST_LENGTH = 12;

const single = (metric: MetricDefinition, value: number): MetricFamily => ({
  metric,
  points: [{ labels: {}, value }],
});

/** One for each release that has a value. */
function perRelease(
  metric: MetricDefinition,
  releases: readonly CompiledRelease[],
  pick: (release: Release, compiled: CompiledRelease) => number | undefined,
): MetricFamily {
  const points = releases.flatMap((compiled): Point[] => {
    const value = pick(compiled.release, compiled);
    return value === undefined ? [] : [{ labels: { release: compiled.name }, value }];
  });
  return { metric, points };
}

function infos({ plan, releases }: CompiledPlan): MetricFamily {
  const points = releases.map(({ name, aborted, release }): Point => {
    const state = aborted ? 'aborted' : release.state;
    const owner = plan.owner ?? '';
    const labels = { release: name, plan: plan.name, owner, stable: release.stable, state };
    return { labels, value: 1 };
  });
  return { metric: SERIES.releaseInfo, points };
}

function shares(releases: readonly CompiledRelease[]): Point[] {
  return releases.flatMap(({ name, release }) =>
    release.rules.flatMap(({ outcome }, i): Point[] => {
      if (outcome.kind === 'everyone') return [];
      const parts = outcome.kind === 'split' ? outcome.parts : [outcome];
      return parts.map(({ variant, thousandths }) => {
        return { labels: { release: name, rule: `${i + 1}`, variant }, value: thousandths / 1e5 };
      });
    }),
  );
}

function lists(compiled: CompiledPlan | undefined): Point[] {
  return Object.entries(compiled?.plan.cohorts ?? {}).flatMap(([cohort, source]): Point[] => {
    if (source.kind !== 'list') return [];
    const digest = source.list.sha256.slice(0, DIGEST_LENGTH);
    return [{ labels: { cohort, digest }, value: 1 }];
  });
}

export function planFamilies(
  { inForce, refused }: Pick<PlanStatus, 'inForce' | 'refused'>,
  { analyses, aborts, planRefusals }: PlanStats,
): MetricFamily[] {
  const compiled = inForce?.compiled;
  const releases = compiled?.releases ?? [];
  const begun = analyses.map(({ release, since }) => ({
    labels: { release },
    value: since / 1000,
  }));
  return [
    { metric: SERIES.analysisStart, points: begun },
    compiled === undefined ? { metric: SERIES.releaseInfo, points: [] } : infos(compiled),
    perRelease(SERIES.canaryRatio, releases, canaryShare),
    { metric: SERIES.ruleRatio, points: shares(releases) },
    perRelease(SERIES.availability, releases, ({ slo }) => slo.availability),
    perRelease(SERIES.latency, releases, ({ slo }) =>
      slo.latency === undefined ? undefined : slo.latency.underMs / 1000,
    ),
    perRelease(SERIES.latencyRatio, releases, ({ slo }) => slo.latency?.ratio),
    perRelease(SERIES.aborted, releases, (_, { aborted }) => (aborted ? 1 : 0)),
    perRelease(SERIES.lastAbort, releases, ({ name }) => (aborts.get(name) ?? 0) / 1000),
    single(SERIES.revision, compiled?.revision ?? 0),
    single(SERIES.planSince, (inForce?.since ?? 0) / 1000),
    single(SERIES.planRefused, refused === undefined ? 0 : 1),
    single(SERIES.planRefusals, planRefusals),
    { metric: SERIES.listInfo, points: lists(compiled) },
  ];
}
