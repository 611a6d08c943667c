/** Counters and histograms by their labels, bounded in number. */
import { bucketIndex, type Labels, type MetricDefinition, type MetricFamily } from '@tinct/core';

/** Adds to a counter, or an observation to a histogram. */
export type Write = (value: number) => void;

/** Takes what is measured. */
export interface Sink {
  /** What writes to one series; to be kept, since labels are put together once and not with each request. */
  writer(metric: MetricDefinition, labels: Labels): Write;
}

/** Of what is known, the labels that a metric has, in its order. */
export const labelsOf = (metric: MetricDefinition, known: Labels): Labels =>
  Object.fromEntries(metric.labels.map((label) => [label, known[label] ?? '']));

interface Series {
  readonly labels: Labels;
  /** Of a counter: how many. Of a histogram: the sum of what was observed. */
  sum: number;
  /** Observations below or at each bound, and those above all; empty for a counter. */
  readonly counts: number[];
}

/** A variant of a release. `sum`: grows with whatever is counted of it. */
export interface Counted {
  readonly release: string;
  readonly variant: string;
  readonly sum: number;
}

/** No metric has more: what comes later is not counted, and `dropped` says so. */
export const MAX_SERIES = 2000;

export class Accumulator implements Sink {
  readonly #byMetric = new Map<MetricDefinition, Map<string, Series>>();
  #dropped = 0;

  get dropped(): number {
    return this.#dropped;
  }

  writer(metric: MetricDefinition, labels: Labels): Write {
    const series = this.#seriesOf(metric, labels);
    if (series === undefined) return () => void this.#dropped++;
    if (metric.type !== 'histogram')
      return (value) => {
        series.sum += value;
      };
    const { bounds = [] } = metric;
    return (value) => {
      const at = bucketIndex(bounds, value);
      series.sum += value;
      series.counts[at] = (series.counts[at] ?? 0) + 1;
    };
  }

  /** Begins at 0 what will be counted: a series that first appears with 1 has never increased. */
  expect(metric: MetricDefinition, labels: Labels): void {
    this.#seriesOf(metric, labels);
  }

  /** How much was counted of each release's variant. */
  versions(): ReadonlyMap<string, Counted> {
    const found = new Map<string, { release: string; variant: string; sum: number }>();
    for (const { labels, sum } of this.#series()) {
      const { release = '', variant } = labels as { release?: string; variant?: string };
      if (variant === undefined) continue;
      const key = `${release}\n${variant}`;
      const known = found.get(key) ?? { release, variant, sum: 0 };
      known.sum += sum;
      found.set(key, known);
    }
    return found;
  }

  /** Takes the series of a variant out. Whoever still has a writer of theirs writes to nobody. */
  forget(release: string, variant: string): void {
    for (const all of this.#byMetric.values())
      for (const [key, { labels }] of all)
        if (labels['release'] === release && labels['variant'] === variant) all.delete(key);
  }

  *#series(): Generator<Series> {
    for (const all of this.#byMetric.values()) yield* all.values();
  }

  /** A metric with its series, in the order in which they began. */
  of(metric: MetricDefinition): MetricFamily {
    const all = [...(this.#byMetric.get(metric)?.values() ?? [])];
    const points = all.map(({ labels, sum, counts }) =>
      metric.type === 'histogram' ? { labels, histogram: { counts, sum } } : { labels, value: sum },
    );
    return { metric, points };
  }

  #seriesOf(metric: MetricDefinition, labels: Labels): Series | undefined {
    const all = this.#byMetric.get(metric) ?? new Map<string, Series>();
    this.#byMetric.set(metric, all);
    const key = metric.labels.map((label) => labels[label]).join('\n');
    const known = all.get(key);
    if (known !== undefined) return known;
    if (all.size >= MAX_SERIES) return undefined;
    const counts = metric.type === 'histogram' ? (metric.bounds ?? []).map(() => 0).concat(0) : [];
    const made = { labels: labelsOf(metric, labels), sum: 0, counts };
    all.set(key, made);
    return made;
  }
}
