/** The series of one release, from Prometheus. */
import type { MeasuredSeries } from '@tinct/core/watching';
import { type Baseline, countedFor } from './baseline.ts';
import { kindOf, START_SELECTOR, selectorOf, targetOf } from './names.ts';
import { type PrometheusOptions, type RawSeries, rawSamples } from './prometheus.ts';

/** Who is asked, and for which release. */
export interface Asked extends PrometheusOptions {
  readonly release: string;
}

/** By what sums of many programs are taken: half a step before each whole one since the start. Seconds. */
export interface Clock {
  readonly start: number;
  readonly step: number;
}

/** What is to be read: samples from `from` (excluded) to `to`, in seconds since the epoch. */
export interface Reading {
  readonly from: number;
  readonly to: number;
  /** As those are scraped who were read already; `undefined`: nobody knows yet. */
  readonly clockOf: (beside: readonly MeasuredSeries[]) => Clock | undefined;
  /** Instead of control. */
  readonly baseline?: Baseline | undefined;
}

/** How far back the word of the edges is looked for, in seconds. */
const LOOK_BACK = 86_400;
/** Before the start, so that the first sample has one before it. */
const LEAD = 120;

/** What edges count of a release. */
export async function edgeSeries(
  { from, to, baseline }: Pick<Reading, 'from' | 'to' | 'baseline'>,
  asked: Asked,
): Promise<MeasuredSeries[]> {
  const raw = await rawSamples(selectorOf(asked.release), from, to, asked);
  return raw.flatMap((series) => seriesOf(series, baseline));
}

/** From when on samples say something of an analysis; what edges say of it where nobody knows when it began. Seconds since the epoch. */
export const firstNeeded = (start: number | undefined, now: number): number =>
  start === undefined ? now - LEAD : Math.max(start - LEAD, now - 30 * LOOK_BACK);

/** When the analysis began as the edges say; `undefined`: they say nothing. */
export async function edgeStart(asked: Asked, now: number): Promise<number | undefined> {
  const said = await rawSamples(START_SELECTOR(asked.release), now - LOOK_BACK, now, asked);
  // The earliest word of today: whether a later one is another analysis, or a restart, shows in what else was counted.
  const words = said.flatMap(({ samples }) => samples.map(([, value]) => value));
  return words.length === 0 ? undefined : words.reduce((a, b) => Math.min(a, b));
}

function seriesOf(series: RawSeries, baseline: Baseline | undefined): MeasuredSeries[] {
  const kind = kindOf(series.labels);
  if (kind === undefined) return [];
  return countedFor(series, { kind, target: targetOf(series.labels) }, baseline);
}
