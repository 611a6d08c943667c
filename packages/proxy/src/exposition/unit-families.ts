/** What was counted per unit, as metrics. */
import { type Labels, type MetricDefinition, type Point, REACHES, SERIES } from '@tinct/core';
import type { Comparisons } from '../record/flip-counts.ts';
import type { ArmUnits, UnitStats } from '../record/unit-counts.ts';
import { byName, type PerRelease, perRelease } from './per-release.ts';

type Exposed = UnitStats['exposed'][number];
type Slice = UnitStats['slices'][number];

const exposed = (metric: MetricDefinition, pick: (one: Exposed) => number): PerRelease => ({
  metric,
  points: ({ release, counted }) =>
    counted.units.exposed.map((one) => {
      return { labels: { release, variant: one.variant }, value: pick(one) };
    }),
});

const ofArms = (metric: MetricDefinition, pick: (one: ArmUnits) => number): PerRelease => ({
  metric,
  points: ({ release, counted }) =>
    counted.units.arms.map((one) => ({ labels: { release, arm: one.arm }, value: pick(one) })),
});

const ofSlices = (metric: MetricDefinition, pick: (one: Slice) => number): PerRelease => ({
  metric,
  points: ({ release, counted }) =>
    counted.units.slices.map((one, slice) => {
      return { labels: { release, slice: `${slice}` }, value: pick(one) };
    }),
});

export const UNIT_FAMILIES: readonly PerRelease[] = [
  exposed(SERIES.exposed, ({ units }) => units),
  exposed(SERIES.firstTouches, ({ firstTouches }) => firstTouches),
  ofArms(SERIES.units, ({ units }) => units),
  ofArms(SERIES.affected, ({ affected }) => affected),
  ofArms(SERIES.stepUnits, ({ stepUnits }) => stepUnits),
  ofSlices(SERIES.sliceRequests, ({ requests }) => requests),
  ofSlices(SERIES.sliceErrors, ({ errors }) => errors),
];

/** One number for what was known by the answers, and one for what was not. */
const compared = (
  metric: MetricDefinition,
  points: (labels: Labels, comparisons: Comparisons) => readonly Point[],
): PerRelease => ({
  metric,
  points: ({ release, counted }) => {
    const byReach = counted.flips?.byReach;
    if (byReach === undefined) return [];
    return REACHES.flatMap((reach) => points({ release, reach }, byReach[reach]));
  },
});

/** Whether a unit got again what it had. */
export const FLIP_FAMILIES: readonly PerRelease[] = [
  compared(SERIES.comparisons, (labels, { compared: value }) => [{ labels, value }]),
  compared(SERIES.flips, (labels, { flips: value }) => [{ labels, value }]),
  compared(SERIES.changes, (labels, { changes }) => byName(labels, 'cause', changes)),
  perRelease(SERIES.returned, ({ counted }) => counted.flips?.returned),
  perRelease(SERIES.sampled, ({ counted }) => counted.flips?.sampled),
];
