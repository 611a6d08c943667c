/** What was counted per unit, as metrics. */
import { type MetricDefinition, SERIES } from '@tinct/core';
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

/** Whether a unit got again what it had. */
export const FLIP_FAMILIES: readonly PerRelease[] = [
  perRelease(SERIES.comparisons, ({ counted }) => counted.flips?.compared),
  perRelease(SERIES.flips, ({ counted }) => counted.flips?.flips),
  {
    metric: SERIES.changes,
    points: ({ release, counted }) => byName({ release }, 'cause', counted.flips?.changes ?? {}),
  },
  perRelease(SERIES.returned, ({ counted }) => counted.flips?.returned),
  perRelease(SERIES.sampled, ({ counted }) => counted.flips?.sampled),
];
