/** An analysis as data: what survives a restart. */
import type { ArmCounts, Interval, Slices } from './counts.ts';
import type { CustomState } from './custom.ts';
import type { ExcessState } from './excess-evidence.ts';
import type { LikelihoodState } from './likelihood.ts';
import type { MismatchState } from './mismatch.ts';
import type { MetricName } from './settings.ts';

export interface Totals {
  readonly canary: ArmCounts;
  readonly control: ArmCounts;
}

export interface AnalysisState {
  /** Seconds since the epoch. */
  readonly start: number;
  /** The end of the last interval that was taken in. */
  readonly at: number;
  readonly metrics: Readonly<Record<MetricName, readonly LikelihoodState[]>>;
  readonly excess: ExcessState;
  readonly custom: readonly CustomState[];
  readonly mismatch: MismatchState;
  /** Places in the list of boundaries; `undefined`: not chosen yet. */
  readonly boundaries: readonly number[] | undefined;
  readonly totals: Totals;
  readonly warmUp: Totals;
  readonly slices: Slices;
  readonly units: Interval['units'];
}
