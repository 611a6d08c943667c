/** A metric that releases have, and what one of them contributes to it. */
import type { CompiledRelease, Labels, MetricDefinition, MetricFamily, Plan } from '@tinct/core';
import type { PlanStatus } from '@tinct/sdk';
import type { PlanStats } from '../record/plan-history.ts';
import type { ReleaseReading } from '../record/recorder.ts';
import { Points, type Series } from './series.ts';

/** What the plan says of a release, and how it got there. */
export interface ReleaseTold {
  readonly plan: Pick<Plan, 'name' | 'owner'>;
  readonly compiled: CompiledRelease;
  /** Milliseconds since the epoch: when its analysis began. */
  readonly since: number | undefined;
  /** When it was aborted last; 0 for never. */
  readonly lastAbort: number;
}

/** A release as a scrape reads it. */
export interface ReleaseNow {
  readonly release: string;
  /** Of a series that has no label but the release. */
  readonly labels: Labels;
  readonly counted: ReleaseReading;
  /** Absent once it has left the plan. */
  readonly told: ReleaseTold | undefined;
}

export const nowOf = (
  release: string,
  counted: ReleaseReading,
  told: ReleaseTold | undefined,
): ReleaseNow => ({ release, labels: { release }, counted, told });

/** Each release's series have the labels that others' would have at this place, but for its name. */
export interface PerRelease {
  readonly metric: MetricDefinition;
  readonly write: (now: ReleaseNow, into: Series) => void;
}

/** A metric with one number for each release; `undefined`: this one has none. */
export const perRelease = (
  metric: MetricDefinition,
  pick: (now: ReleaseNow) => number | undefined,
): PerRelease => ({
  metric,
  write(now, into) {
    const value = pick(now);
    if (value !== undefined) into.number(now.labels, value);
  },
});

/** A metric of which there is one number. */
export const single = (metric: MetricDefinition, value: number): MetricFamily => ({
  metric,
  points: [{ labels: {}, value }],
});

/** One number for each name, which is the value of a label beside these. */
export function writeNamed(
  into: Series,
  labels: Labels,
  label: string,
  numbers: Readonly<Record<string, number>>,
): void {
  for (const name of Object.keys(numbers)) into.named(labels, label, name, numbers[name] ?? 0);
}

/** The same, of a metric that no release has. */
export function byName(
  metric: MetricDefinition,
  label: string,
  numbers: Readonly<Record<string, number>>,
): MetricFamily {
  const points = new Points();
  writeNamed(points, {}, label, numbers);
  return { metric, points: points.all };
}

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
