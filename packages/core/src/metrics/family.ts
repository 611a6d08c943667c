/** What was measured, as those who expose it take it. */
import type { MetricDefinition } from './definition.ts';

export type Labels = Readonly<Record<string, string>>;

/** One observation, and the trace that it was made in. */
export interface Exemplar {
  readonly traceId: string;
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

export interface HistogramValue {
  /** Observations in each bucket, not summed up; one more than there are bounds. */
  readonly counts: ArrayLike<number>;
  readonly sum: number;
  /** By bucket. */
  readonly exemplars?: readonly (Exemplar | undefined)[] | undefined;
}

/** A number of a counter or a gauge. */
export interface CounterPoint {
  readonly labels: Labels;
  readonly value: number;
}

export interface HistogramPoint {
  readonly labels: Labels;
  readonly histogram: HistogramValue;
}

export type Point = CounterPoint | HistogramPoint;

/** A metric with all of its series. */
export interface MetricFamily {
  readonly metric: MetricDefinition;
  readonly points: readonly Point[];
}
