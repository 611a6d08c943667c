/** What the plan in force says and how it got there, as metrics: to be joined on. */
import {
  type CompiledPlan,
  type CompiledRelease,
  METRICS,
  type MetricDefinition,
  type MetricFamily,
  type Point,
  type Release,
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
  return { metric: METRICS.releaseInfo, points };
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
    { metric: METRICS.analysisStart, points: begun },
    compiled === undefined ? { metric: METRICS.releaseInfo, points: [] } : infos(compiled),
    perRelease(METRICS.canaryRatio, releases, canaryShare),
    { metric: METRICS.ruleRatio, points: shares(releases) },
    perRelease(METRICS.availability, releases, ({ slo }) => slo.availability),
    perRelease(METRICS.latency, releases, ({ slo }) =>
      slo.latency === undefined ? undefined : slo.latency.underMs / 1000,
    ),
    perRelease(METRICS.latencyRatio, releases, ({ slo }) => slo.latency?.ratio),
    perRelease(METRICS.aborted, releases, (_, { aborted }) => (aborted ? 1 : 0)),
    perRelease(METRICS.lastAbort, releases, ({ name }) => (aborts.get(name) ?? 0) / 1000),
    single(METRICS.revision, compiled?.revision ?? 0),
    single(METRICS.planSince, (inForce?.since ?? 0) / 1000),
    single(METRICS.planRefused, refused === undefined ? 0 : 1),
    single(METRICS.planRefusals, planRefusals),
    { metric: METRICS.listInfo, points: lists(compiled) },
  ];
}
