/** A metric that releases have, and what one of them contributes to it. */
import type {
  CompiledRelease,
  Labels,
  MetricDefinition,
  MetricFamily,
  Plan,
  Point,
} from '@tinct/core';
import type { PlanStatus } from '@tinct/sdk';
import type { PlanStats } from '../record/plan-history.ts';
import type { ReleaseReading } from '../record/recorder.ts';

/** What the plan says of a release, and how it got there. */
export interface ReleaseTold {
  readonly plan: Pick<Plan, 'name' | 'owner'>;
  readonly compiled: CompiledRelease;
  /** Milliseconds since the epoch: when its analysis began. */
  readonly since: number | undefined;
  /** When it was aborted last; 0 for never. */
  readonly lastAbort: number;
}

/** A release as a scrape reads it. `told`: absent once it has left the plan. */
export interface ReleaseNow {
  readonly release: string;
  readonly counted: ReleaseReading;
  readonly told: ReleaseTold | undefined;
}

export interface PerRelease {
  readonly metric: MetricDefinition;
  readonly points: (now: ReleaseNow) => readonly Point[];
}

/** A metric with one number for each release; `undefined`: this one has none. */
export const perRelease = (
  metric: MetricDefinition,
  pick: (now: ReleaseNow) => number | undefined,
): PerRelease => ({
  metric,
  points: (now) => {
    const value = pick(now);
    return value === undefined ? [] : [{ labels: { release: now.release }, value }];
  },
});

/** A metric of which there is one number. */
export const single = (metric: MetricDefinition, value: number): MetricFamily => ({
  metric,
  points: [{ labels: {}, value }],
});

/** One number for each name, which is the value of a label beside these. */
export const byName = (
  labels: Labels,
  label: string,
  numbers: Readonly<Record<string, number>>,
): Point[] =>
  Object.entries(numbers).map(([name, value]) => ({ labels: { ...labels, [label]: name }, value }));

/** What the plan in force says of each of its releases. */
export function toldBy(
  { inForce }: Pick<PlanStatus, 'inForce'>,
  { analyses, aborts }: PlanStats,
): ReadonlyMap<string, ReleaseTold> {
  if (inForce === undefined) return new Map();
  const { plan, releases } = inForce.compiled;
  const begun = new Map(analyses.map(({ release, since }) => [release, since]));
  return new Map(
    releases.map((compiled) => {
      const { name } = compiled;
      const [since, lastAbort] = [begun.get(name), aborts.get(name) ?? 0];
      return [name, { plan, compiled, since, lastAbort }];
    }),
  );
}
