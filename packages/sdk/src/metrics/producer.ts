/** Accumulated series as OpenTelemetry's readers take them. */
import { DURATION_BOUNDS, type MetricDefinition, SERVICE_METRICS } from './catalogue.ts';
import type { Accumulator, Series } from './series.ts';

type HrTime = [seconds: number, nanoseconds: number];

/** OpenTelemetry's numbers; its SDK is no dependency. */
const HISTOGRAM = 0;
const SUM = 3;
const CUMULATIVE = 1;
const DOUBLE = 1;

const timeOf = (ms: number): HrTime => [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)];
const countOf = ({ counts }: Series): number => counts.reduce((sum, count) => sum + count, 0);

interface Point<T> {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly attributes: Readonly<Record<string, string>>;
  readonly value: T;
}

function points<T>(all: readonly Series[], span: [HrTime, HrTime], value: (one: Series) => T) {
  const [startTime, endTime] = span;
  return all.map(
    (one): Point<T> => ({ startTime, endTime, attributes: one.labels, value: value(one) }),
  );
}

const histogramOf = (series: Series) => ({
  buckets: { boundaries: [...DURATION_BOUNDS], counts: [...series.counts] },
  sum: series.sum,
  count: countOf(series),
});

function dataOf(metric: MetricDefinition, all: readonly Series[], span: [HrTime, HrTime]) {
  const { name, help, unit, type } = metric;
  const descriptor = { name, description: help, unit, valueType: DOUBLE } as const;
  const temporality = { aggregationTemporality: CUMULATIVE } as const;
  if (type === 'histogram')
    return {
      ...({ descriptor, ...temporality, dataPointType: HISTOGRAM } as const),
      dataPoints: points(all, span, histogramOf),
    };
  return {
    ...({ descriptor, ...temporality, dataPointType: SUM, isMonotonic: true } as const),
    dataPoints: points(all, span, ({ sum }) => sum),
  };
}

/** One collection. `since`, `now`: milliseconds since the epoch. */
export function collected(accumulator: Accumulator, since: number, now: number) {
  const span: [HrTime, HrTime] = [timeOf(since), timeOf(now)];
  return Object.values(SERVICE_METRICS)
    .map((metric) => dataOf(metric, accumulator.of(metric), span))
    .filter(({ dataPoints }) => dataPoints.length > 0);
}
