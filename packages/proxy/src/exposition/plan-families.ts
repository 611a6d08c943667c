/** What the plan in force says and how it got there, as metrics: to be joined on. */
import {
  type CompiledPlan,
  type MetricDefinition,
  type MetricFamily,
  type Point,
  SERIES,
} from '@tinct/core';
import type { PlanStatus } from '@tinct/sdk';
import type { PlanStats } from '../record/plan-history.ts';
import { canaryShare } from '../record/roster.ts';
import { type PerRelease, perRelease, type ReleaseTold, single } from './per-release.ts';

const DIGEST_LENGTH = 12;

/** A number that the plan has for a release. */
const told = (
  metric: MetricDefinition,
  pick: (told: ReleaseTold) => number | undefined,
): PerRelease => perRelease(metric, (now) => now.told && pick(now.told));

const inSeconds = (ms: number | undefined): number | undefined =>
  ms === undefined ? undefined : ms / 1000;

const info: PerRelease = {
  metric: SERIES.releaseInfo,
  write({ told }, into) {
    if (told === undefined) return;
    const { plan, compiled } = told;
    const { name, aborted, release } = compiled;
    const state = aborted ? 'aborted' : release.state;
    const owner = plan.owner ?? '';
    into.number({ release: name, plan: plan.name, owner, stable: release.stable, state }, 1);
  },
};

const shares: PerRelease = {
  metric: SERIES.ruleRatio,
  write({ release, told }, into) {
    for (const [i, { outcome }] of (told?.compiled.release.rules ?? []).entries()) {
      if (outcome.kind === 'everyone') continue;
      const rule = `${i + 1}`;
      for (const { variant, thousandths } of outcome.kind === 'split' ? outcome.parts : [outcome])
        into.number({ release, rule, variant }, thousandths / 1e5);
    }
  },
};

export const PLAN_FAMILIES: readonly PerRelease[] = [
  told(SERIES.analysisStart, ({ since }) => inSeconds(since)),
  info,
  told(SERIES.canaryRatio, ({ compiled }) => canaryShare(compiled.release)),
  shares,
  told(SERIES.availability, ({ compiled }) => compiled.release.slo.availability),
  told(SERIES.latency, ({ compiled }) => inSeconds(compiled.release.slo.latency?.underMs)),
  told(SERIES.latencyRatio, ({ compiled }) => compiled.release.slo.latency?.ratio),
  told(SERIES.aborted, ({ compiled }) => (compiled.aborted ? 1 : 0)),
  told(SERIES.lastAbort, ({ lastAbort }) => inSeconds(lastAbort)),
];

function lists(compiled: CompiledPlan | undefined): Point[] {
  return Object.entries(compiled?.plan.cohorts ?? {}).flatMap(([cohort, source]): Point[] => {
    if (source.kind !== 'list') return [];
    const digest = source.list.sha256.slice(0, DIGEST_LENGTH);
    return [{ labels: { cohort, digest }, value: 1 }];
  });
}

/** Of the plan as a whole. */
export function planFamilies(
  { inForce, refused }: Pick<PlanStatus, 'inForce' | 'refused'>,
  { planRefusals }: PlanStats,
): MetricFamily[] {
  const compiled = inForce?.compiled;
  return [
    single(SERIES.revision, compiled?.revision ?? 0),
    single(SERIES.planSince, (inForce?.since ?? 0) / 1000),
    single(SERIES.planRefused, refused === undefined ? 0 : 1),
    single(SERIES.planRefusals, planRefusals),
    { metric: SERIES.listInfo, points: lists(compiled) },
  ];
}
