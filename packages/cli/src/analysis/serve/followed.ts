/** One release that is analysed for as long as it runs: each look takes in what is new. */
import {
  type AnalysisProgress,
  type AnalysisReport,
  type AnalysisSettings,
  analyse,
  type CarriedOn,
  carryOn,
  laterStart,
  type MeasuredSeries,
  neededFrom,
  stepBetween,
  TinctError,
} from '@tinct/core';
import { firstNeeded, measuredBetween } from '../measure.ts';
import type { PrometheusOptions } from '../prometheus.ts';
import type { KeptAnalyses } from './kept.ts';

/** Seconds that are read at once: what was missed for days is made up for piece by piece. */
const AT_ONCE = 3600;
/** A scrape is there at the latest when the next one begins, and this much later. Seconds. */
const MARGIN = 1;

export interface FollowedOptions {
  readonly release: string;
  readonly settings: AnalysisSettings;
  readonly prometheus: PrometheusOptions;
  /** `undefined`: nothing survives a restart, and evidence is counted anew from what Prometheus has. */
  readonly kept: KeptAnalyses | undefined;
  readonly warn: (trouble: TinctError) => void;
}

export class FollowedRelease {
  readonly release: string;
  readonly #options: FollowedOptions;
  readonly #settings: string;
  #progress: AnalysisProgress | undefined;
  #since: number | undefined;
  #isLoaded = false;
  #report: AnalysisReport | undefined;
  #lastSuccess = 0;
  #failures = 0;
  #losses = 0;

  constructor(options: FollowedOptions) {
    this.release = options.release;
    this.#options = options;
    this.#settings = JSON.stringify(options.settings);
  }

  /** `undefined`: nobody looked yet. */
  get report(): AnalysisReport | undefined {
    return this.#report;
  }

  /** Seconds since the epoch; 0: never. */
  get lastSuccess(): number {
    return this.#lastSuccess;
  }

  get failures(): number {
    return this.#failures;
  }

  get losses(): number {
    return this.#losses;
  }

  /** Reads what is new up to now, in seconds since the epoch. Never rejects for what Prometheus or the disk does. */
  async look(now: number): Promise<void> {
    await this.#load();
    try {
      this.#report = await this.#carryOn(now);
      this.#lastSuccess = now;
    } catch (error) {
      if (!(error instanceof TinctError)) throw error;
      this.#failures += 1;
      this.#report = blind(this.#report ?? this.#nothing(now));
      this.#options.warn(error);
    }
    await this.#keep();
  }

  async #carryOn(now: number): Promise<AnalysisReport> {
    let from = await this.#from(now);
    for (;;) {
      const to = Math.min(now, from + AT_ONCE);
      const series = await measuredBetween(from, to, this.#asked);
      if (this.#isOver(series)) {
        from = await this.#from(now);
        continue;
      }
      const { report, progress } = this.#take(series, now, to);
      this.#progress = progress ?? this.#progress;
      if (to >= now) return report;
      // It goes on in any case, whatever the samples are.
      from = progress === undefined ? to : Math.max(await this.#from(now), from + MARGIN);
    }
  }

  async #from(now: number): Promise<number> {
    if (this.#progress !== undefined) return neededFrom(this.#progress.series) - MARGIN;
    return firstNeeded({ ...this.#asked, now, since: this.#since });
  }

  #take(series: readonly MeasuredSeries[], now: number, to: number): CarriedOn {
    const settled = to - (this.#progress?.series.step ?? stepBetween(series)) - MARGIN;
    const options = { now, since: this.#since, until: settled };
    return carryOn(series, this.#options.settings, options, this.#progress);
  }

  /** Whether another analysis began: what was won is of the last one. */
  #isOver(series: readonly MeasuredSeries[]): boolean {
    if (this.#progress === undefined) return false;
    const later = laterStart(series, this.#progress.series.start);
    if (later === undefined) return false;
    this.#progress = undefined;
    this.#since = later;
    return true;
  }

  get #asked() {
    return { ...this.#options.prometheus, release: this.release };
  }

  async #load(): Promise<void> {
    if (this.#isLoaded) return;
    this.#isLoaded = true;
    const { kept, warn } = this.#options;
    const { progress, trouble } = (await kept?.load(this.release, this.#settings)) ?? {};
    this.#progress = progress;
    this.#since = progress?.series.start;
    if (trouble === undefined) return;
    this.#losses += 1;
    warn(trouble);
  }

  async #keep(): Promise<void> {
    const { kept, warn } = this.#options;
    if (this.#progress === undefined || kept === undefined) return;
    try {
      await kept.keep(this.release, this.#settings, this.#progress);
    } catch (error) {
      if (!(error instanceof TinctError)) throw error;
      warn(error);
    }
  }

  /** What was kept, before anything could be read. */
  #nothing(now: number): AnalysisReport {
    if (this.#progress === undefined) return analyse([], this.#options.settings, { now });
    const options = { now, until: Number.NEGATIVE_INFINITY };
    return carryOn([], this.#options.settings, options, this.#progress).report;
  }
}

/** Where nothing can be read, nothing is known but what was convicted before. */
function blind(report: AnalysisReport): AnalysisReport {
  if (report.failedAt === undefined)
    return { ...report, verdict: 'inconclusive', reasons: ['source-gone'] };
  const reasons = report.reasons.filter((reason) => reason !== 'source-gone');
  return { ...report, verdict: 'fail', reasons: [...reasons, 'source-gone'] };
}
