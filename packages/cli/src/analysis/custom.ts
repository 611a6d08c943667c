/** The plan's own metrics, from counters that programs of the user expose. */
import type { ArmName, MeasuredSeries, PlanMetric } from '@tinct/core/watching';
import type { Clock, Reading } from './measure.ts';
import { type PrometheusOptions, type RawSeries, rawSamples } from './prometheus.ts';

type Part = 'events' | 'total';
const ARMS: readonly ArmName[] = ['canary', 'control'];
const PARTS: readonly Part[] = ['events', 'total'];

/**
 * Seconds after which a program that was not scraped any more counts nothing. Prometheus itself forgets a series after five minutes, so nobody scrapes much less often.
 */
const GONE = 180;

/** All of them in a range. Who counts is another program in each arm, so all series of a query are one sum. `beside`: what was read already. */
export async function customSeries(
  metrics: readonly PlanMetric[],
  beside: readonly MeasuredSeries[],
  reading: Reading,
  asked: PrometheusOptions,
): Promise<MeasuredSeries[]> {
  const read = (selector: string) =>
    // With what came before: by it is known what grew, and who is there.
    rawSamples(selector, reading.from - GONE, reading.to, asked);
  const found = await Promise.all(metrics.map((metric) => countsOf(metric, read)));
  const clock = reading.clockOf(beside.length > 0 ? beside : found.flat().flatMap(asScraped));
  if (clock === undefined) return [];
  return metrics.flatMap(({ name }, metric) => {
    const counts = found[metric] ?? [];
    const raw = counts.flatMap((each) => each.raw);
    const [times, seen] = [timesOf(clock, reading, raw), firstScrapes(raw)];
    return counts.map(({ arm, part, raw }) => ({
      kind: { of: 'custom', metric, arm, part },
      target: `plan metric ${name}`,
      samples: summed(raw, times, seen),
    }));
  });
}

interface Counted {
  readonly arm: ArmName;
  readonly part: Part;
  readonly raw: readonly RawSeries[];
}

const countsOf = (
  metric: PlanMetric,
  read: (selector: string) => Promise<RawSeries[]>,
): Promise<Counted[]> =>
  Promise.all(
    ARMS.flatMap((arm) =>
      PARTS.map(async (part) => ({ arm, part, raw: await read(metric[arm][part]) })),
    ),
  );

/** Programs one by one: when they were scraped. */
const asScraped = ({ arm, part, raw }: Counted): MeasuredSeries[] =>
  raw.map(({ labels, samples }) => ({
    kind: { of: 'custom', metric: 0, arm, part },
    target: whoOf(labels),
    samples: samples.map(([at, value]) => ({ at, value })),
  }));

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
 * When sums are taken: in the middle of each step of the analysis, however often programs are scraped, as long as some are. So it is
 * the same from whenever on they are read.
 */
export function timesOf(
  { start, step }: Clock,
  { from, to }: Pick<Reading, 'from' | 'to'>,
  raw: readonly RawSeries[],
): readonly number[] {
  const scrapes = [...new Set(raw.flatMap(({ samples }) => samples.map(([at]) => at)))].sort(
    (a, b) => a - b,
  );
  const times: number[] = [];
  let next = 0;
  for (let n = Math.max(0, Math.ceil((from - start) / step + 0.5)); ; n += 1) {
    const at = start + (n - 0.5) * step;
    if (at > to) return times;
    while ((scrapes[next] ?? Number.POSITIVE_INFINITY) <= at) next += 1;
    if (at - (scrapes[next - 1] ?? Number.NEGATIVE_INFINITY) < GONE) times.push(at);
  }
}

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
