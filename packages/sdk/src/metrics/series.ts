/** Counters and histograms by their labels, bounded in number. */
import { bucketIndex, type Labels, type MetricDefinition, type MetricFamily } from '@tinct/core';

/** Takes what is measured. */
export interface Sink {
  /** Adds to a counter, or an observation to a histogram. */
  add(metric: MetricDefinition, labels: Labels, value: number): void;
}

interface Series {
  readonly labels: Labels;
  /** Of a counter: how many. Of a histogram: the sum of what was observed. */
  sum: number;
  /** Observations below or at each bound, and those above all; empty for a counter. */
  readonly counts: number[];
}

/** No metric has more: what comes later is not counted, and `dropped` says so. */
export const MAX_SERIES = 2000;

export class Accumulator implements Sink {
  readonly #byMetric = new Map<MetricDefinition, Map<string, Series>>();
  #dropped = 0;

  get dropped(): number {
    return this.#dropped;
  }

  add(metric: MetricDefinition, labels: Labels, value: number): void {
    const series = this.#seriesOf(metric, labels);
    if (series === undefined) return;
    series.sum += value;
    if (metric.type !== 'histogram') return;
    const at = bucketIndex(metric.bounds ?? [], value);
    series.counts[at] = (series.counts[at] ?? 0) + 1;
  }

  /** Begins at 0 what will be counted: a series that first appears with 1 has never increased. */
  expect(metric: MetricDefinition, labels: Labels): void {
    this.#seriesOf(metric, labels);
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
    if (all.size >= MAX_SERIES) {
      this.#dropped += 1;
      return undefined;
    }
    const counts = metric.type === 'histogram' ? (metric.bounds ?? []).map(() => 0).concat(0) : [];
    const ordered = Object.fromEntries(metric.labels.map((label) => [label, labels[label] ?? '']));
    const made = { labels: ordered, sum: 0, counts };
    all.set(key, made);
    return made;
  }
}
