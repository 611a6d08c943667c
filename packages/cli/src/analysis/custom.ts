/** The plan's own metrics, from counters that programs of the user expose. */
import type { ArmName, MeasuredSeries, PlanMetric } from '@tinct/core';
import { type PrometheusOptions, type RawSeries, rawSamples } from './prometheus.ts';

type Part = 'events' | 'total';
const ARMS: readonly ArmName[] = ['canary', 'control'];
const PARTS: readonly Part[] = ['events', 'total'];

interface Asked extends PrometheusOptions {
  readonly now: number;
  /** What is read beside. */
  readonly beside: readonly MeasuredSeries[];
}

/** All of them since a time. Who counts is another program in each arm, so all series of a query are one sum. */
export async function customSeries(
  metrics: readonly PlanMetric[],
  from: number,
  { now, beside, ...options }: Asked,
): Promise<MeasuredSeries[]> {
  const all = await Promise.all(
    metrics.map((metric, place) =>
      pairOf(metric, place, beside, (selector) => rawSamples(selector, from, now, options)),
    ),
  );
  return all.flat();
}

async function pairOf(
  metric: PlanMetric,
  place: number,
  beside: readonly MeasuredSeries[],
  read: (selector: string) => Promise<RawSeries[]>,
): Promise<MeasuredSeries[]> {
  const found = await Promise.all(
    ARMS.flatMap((arm) =>
      PARTS.map(async (part) => ({ arm, part, raw: await read(metric[arm][part]) })),
    ),
  );
  const seen = firstScrapes(found.flatMap(({ raw }) => raw));
  const times = clockOf(
    found.flatMap(({ raw }) => raw),
    beside,
  );
  return found.map(({ arm, part, raw }) => ({
    kind: { of: 'custom', metric: place, arm, part },
    target: `plan metric ${metric.name}`,
    samples: summed(raw, times, seen),
  }));
}

const whoOf = ({ instance, job }: RawSeries['labels']): string => JSON.stringify([job, instance]);

/** When each program was scraped first. */
function firstScrapes(raw: readonly RawSeries[]): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const { labels, samples } of raw) {
    const at = samples[0]?.[0] ?? Number.POSITIVE_INFINITY;
    const who = whoOf(labels);
    first.set(who, Math.min(at, first.get(who) ?? at));
  }
  return first;
}

/**
 * When sums are taken: as those are scraped whom the analysis reads beside, however often these programs are. It goes on for two of
 * their scrapes after the last one.
 */
export function clockOf(
  raw: readonly RawSeries[],
  beside: readonly MeasuredSeries[],
): readonly number[] {
  const own = longest(raw.map(({ samples }) => samples.map(([at]) => at)));
  const other = longest(beside.map(({ samples }) => samples.map(({ at }) => at)));
  const [first = 0, last = 0] = [own[0], own.at(-1)];
  const step = own.length > 1 ? (last - first) / (own.length - 1) : 0;
  return other.length === 0 || own.length === 0 ? own : other.filter((at) => at <= last + 2 * step);
}

const longest = (all: readonly (readonly number[])[]): readonly number[] =>
  all.reduce((best, times) => (times.length > best.length ? times : best), []);

/**
 * How much all series have grown together by each of the times. What goes back began anew. A series that comes later than its program
 * began at 0; where the program is new as well, nobody knows when it grew to its first value.
 */
export function summed(
  raw: readonly RawSeries[],
  times: readonly number[],
  seen: ReadonlyMap<string, number>,
): { at: number; value: number }[] {
  const grown = raw.map((series) => growthOf(series, seen));
  return times.map((at) => ({ at, value: grown.reduce((sum, of) => sum + of(at), 0) }));
}

/** Its growth until a time; times are asked for in ascending order. */
export function growthOf(
  { labels, samples }: RawSeries,
  seen: ReadonlyMap<string, number>,
): (at: number) => number {
  const [first] = samples;
  const isLate = first !== undefined && first[0] > (seen.get(whoOf(labels)) ?? first[0]);
  let last = isLate ? 0 : (first?.[1] ?? 0);
  let [sum, next] = [0, 0];
  return (at) => {
    for (; next < samples.length; next += 1) {
      const [time, value] = samples[next] ?? [Number.POSITIVE_INFINITY, 0];
      if (time > at) break;
      sum += value >= last ? value - last : value;
      last = value;
    }
    return sum;
  };
}
