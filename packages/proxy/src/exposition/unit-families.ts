/** What was counted per unit, as metrics. */
import { type Labels, type MetricDefinition, REACHES, SERIES, SLICES } from '@tinct/core';
import type { Comparisons } from '../record/flip-counts.ts';
import type { ArmUnits, UnitStats } from '../record/unit-counts.ts';
import { type PerRelease, perRelease, writeNamed } from './per-release.ts';
import type { Series } from './series.ts';

type Exposed = UnitStats['exposed'][number];

const exposed = (metric: MetricDefinition, pick: (one: Exposed) => number): PerRelease => ({
  metric,
  write({ labels, counted }, into) {
    for (const one of counted.units.exposed) into.named(labels, 'variant', one.variant, pick(one));
  },
});

const ofArms = (metric: MetricDefinition, pick: (one: ArmUnits) => number): PerRelease => ({
  metric,
  write({ labels, counted }, into) {
    for (const one of counted.units.arms) into.named(labels, 'arm', one.arm, pick(one));
  },
});

const SLICE_NAMES = Array.from({ length: SLICES }, (_, slice) => `${slice}`);

/** `which`: 0 for requests, 1 for errors. */
const ofSlices = (metric: MetricDefinition, which: 0 | 1): PerRelease => ({
  metric,
  write({ labels, counted }, into) {
    const row = counted.units.slices;
    if (row === undefined) return;
    for (const [slice, name] of SLICE_NAMES.entries())
      into.named(labels, 'slice', name, row[2 * slice + which] ?? 0);
  },
});

export const UNIT_FAMILIES: readonly PerRelease[] = [
  exposed(SERIES.exposed, ({ units }) => units),
  exposed(SERIES.firstTouches, ({ firstTouches }) => firstTouches),
  ofArms(SERIES.units, ({ units }) => units),
  ofArms(SERIES.affected, ({ affected }) => affected),
  ofArms(SERIES.stepUnits, ({ stepUnits }) => stepUnits),
  ofSlices(SERIES.sliceRequests, 0),
  ofSlices(SERIES.sliceErrors, 1),
];

/** One number for what was known by the answers, and one for what was not. */
const compared = (
  metric: MetricDefinition,
  write: (labels: Labels, comparisons: Comparisons, into: Series) => void,
): PerRelease => ({
  metric,
  write({ release, counted }, into) {
    const byReach = counted.flips?.byReach;
    if (byReach === undefined) return;
    for (const reach of REACHES) write({ release, reach }, byReach[reach], into);
  },
});

/** Whether a unit got again what it had. */
export const FLIP_FAMILIES: readonly PerRelease[] = [
  compared(SERIES.comparisons, (labels, { compared: value }, into) => into.number(labels, value)),
  compared(SERIES.flips, (labels, { flips: value }, into) => into.number(labels, value)),
  compared(SERIES.changes, (labels, { changes }, into) =>
    writeNamed(into, labels, 'cause', changes),
  ),
  perRelease(SERIES.returned, ({ counted }) => counted.flips?.returned),
  perRelease(SERIES.sampled, ({ counted }) => counted.flips?.sampled),
];
