/** What was measured, as OpenTelemetry's readers take it. */
import type { HistogramPoint, Labels, MetricFamily, Point } from '@tinct/core';

type HrTime = [seconds: number, nanoseconds: number];

/** OpenTelemetry's numbers; its SDK is no dependency. */
const HISTOGRAM = 0;
const GAUGE = 2;
const SUM = 3;
const CUMULATIVE = 1;
const DOUBLE = 1;

const timeOf = (ms: number): HrTime => [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)];

interface Told<T> {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly attributes: Labels;
  readonly value: T;
}

function histogramOf({ histogram: { counts, sum } }: HistogramPoint, bounds: readonly number[]) {
  const all = Array.from(counts);
  const count = all.reduce((total, one) => total + one, 0);
  return { buckets: { boundaries: [...bounds], counts: all }, sum, count };
}

const numberOf = (point: Point): number => ('value' in point ? point.value : 0);

function dataOf({ metric, points }: MetricFamily, [startTime, endTime]: [HrTime, HrTime]) {
  const { name, help, unit, type, bounds = [] } = metric;
  const descriptor = { name, description: help, unit, valueType: DOUBLE } as const;
  const told = <T>(point: Point, value: T): Told<T> => {
    return { startTime, endTime, attributes: point.labels, value };
  };
  if (type === 'histogram') {
    const dataPoints = points.flatMap((point) =>
      'histogram' in point ? [told(point, histogramOf(point, bounds))] : [],
    );
    const kind = { dataPointType: HISTOGRAM, aggregationTemporality: CUMULATIVE } as const;
    return { descriptor, ...kind, dataPoints };
  }
  const dataPoints = points.map((point) => told(point, numberOf(point)));
  if (type === 'gauge') {
    const kind = { dataPointType: GAUGE, aggregationTemporality: CUMULATIVE } as const;
    return { descriptor, ...kind, dataPoints };
  }
  const kind = { dataPointType: SUM, aggregationTemporality: CUMULATIVE } as const;
  return { descriptor, ...kind, isMonotonic: true, dataPoints } as const;
}

/** One collection; a metric without series is left out. `since`, `now`: milliseconds since the epoch. */
export function collected(families: readonly MetricFamily[], since: number, now: number) {
  const span: [HrTime, HrTime] = [timeOf(since), timeOf(now)];
  return families.filter(({ points }) => points.length > 0).map((family) => dataOf(family, span));
}

/** What OpenTelemetry's readers call a MetricProducer. */
export interface Producer {
  collect(): Promise<{
    readonly resourceMetrics: {
      readonly resource: never;
      readonly scopeMetrics: {
        scope: { name: string };
        metrics: ReturnType<typeof collected>;
      }[];
    };
    readonly errors: unknown[];
  }>;
}

export interface ProducerOptions {
  /** Whose measurements these are, such as `@tinct/sdk`. */
  readonly scope: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Families, collected anew each time, for any reader of OpenTelemetry's. */
export function producerOf(
  families: () => readonly MetricFamily[],
  { scope, now }: ProducerOptions,
): Producer {
  const since = now();
  return {
    async collect() {
      const scopeMetrics = [
        { scope: { name: scope }, metrics: collected(families(), since, now()) },
      ];
      // Readers put their own in its place.
      return { resourceMetrics: { resource: undefined as never, scopeMetrics }, errors: [] };
    },
  };
}
