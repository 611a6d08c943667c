/** The series of one release, from Prometheus. */
import type { MeasuredSeries } from '@tinct/core';
import { type Baseline, countedFor } from './baseline.ts';
import { kindOf, START_SELECTOR, selectorOf, targetOf } from './names.ts';
import { type PrometheusOptions, type RawSeries, rawSamples } from './prometheus.ts';

export interface MeasureOptions extends PrometheusOptions {
  readonly release: string;
  /** Seconds since the epoch. */
  readonly now: number;
  /** When the analysis began; `undefined`: as the edges say. */
  readonly since: number | undefined;
  /** Instead of control. */
  readonly baseline?: Baseline | undefined;
}

/** How far back the word of the edges is looked for, in seconds. */
const LOOK_BACK = 86_400;
/** Before the start, so that the first sample has one before it. */
export const LEAD = 120;

/** Everything since the analysis began; only what edges say of it where they say nothing. */
export async function measured(options: MeasureOptions): Promise<MeasuredSeries[]> {
  return measuredBetween(await firstNeeded(options), options.now, options);
}

/** All samples of a release from `from` (excluded) to `to`, in seconds since the epoch. */
export async function measuredBetween(
  from: number,
  to: number,
  options: PrometheusOptions & Pick<MeasureOptions, 'release' | 'baseline'>,
): Promise<MeasuredSeries[]> {
  const raw = await rawSamples(selectorOf(options.release), from, to, options);
  return raw.flatMap((series) => seriesOf(series, options.baseline));
}

/** From when on samples say something of the analysis, in seconds since the epoch. */
export async function firstNeeded(options: MeasureOptions): Promise<number> {
  const { now, since } = options;
  const start = since ?? (await startOf(options));
  return start === undefined ? now - LEAD : Math.max(start - LEAD, now - 30 * LOOK_BACK);
}

/** As the edges say; `undefined`: they say nothing. */
export async function startOf(options: MeasureOptions): Promise<number | undefined> {
  const { release, now } = options;
  const said = await rawSamples(START_SELECTOR(release), now - LOOK_BACK, now, options);
  // The earliest word of today: whether a later one is another analysis, or a restart, shows in what else was counted.
  const words = said.flatMap(({ samples }) => samples.map(([, value]) => value));
  return words.length === 0 ? undefined : words.reduce((a, b) => Math.min(a, b));
}

function seriesOf(series: RawSeries, baseline: Baseline | undefined): MeasuredSeries[] {
  const kind = kindOf(series.labels);
  if (kind === undefined) return [];
  return countedFor(series, { kind, target: targetOf(series.labels) }, baseline);
}
