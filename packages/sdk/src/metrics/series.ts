/** Counters and histograms by their labels, bounded in number. */
import { DURATION_BOUNDS, type MetricDefinition } from './catalogue.ts';

export type Labels = Readonly<Record<string, string>>;

/** Takes what is measured. */
export interface Sink {
  /** Adds to a counter, or an observation to a histogram. */
  add(metric: MetricDefinition, labels: Labels, value: number): void;
}

export interface Series {
  readonly labels: Labels;
  /** Of a counter: how many. Of a histogram: the sum of what was observed. */
  sum: number;
  /** Observations below or at each bound, and those above all; empty for a counter. */
  readonly counts: number[];
}

/** No metric has more: what comes later is not counted, and `dropped` says so. */
export const MAX_SERIES = 2000;

function bucketOf(value: number): number {
  const at = DURATION_BOUNDS.findIndex((bound) => value <= bound);
  return at === -1 ? DURATION_BOUNDS.length : at;
}

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
    const at = bucketOf(value);
    series.counts[at] = (series.counts[at] ?? 0) + 1;
  }

  /** Begins at 0 what will be counted: a series that first appears with 1 has never increased. */
  expect(metric: MetricDefinition, labels: Labels): void {
    this.#seriesOf(metric, labels);
  }

  of(metric: MetricDefinition): readonly Series[] {
    return [...(this.#byMetric.get(metric)?.values() ?? [])];
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
    const counts = metric.type === 'histogram' ? DURATION_BOUNDS.map(() => 0).concat(0) : [];
    const made = { labels, sum: 0, counts };
    all.set(key, made);
    return made;
  }
}
