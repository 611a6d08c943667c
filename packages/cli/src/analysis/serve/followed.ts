/** One release that is analysed for as long as it runs: each look takes in what is new. */
import {
  type AnalysisProgress,
  type AnalysisReport,
  type AnalysisSettings,
  analyse,
  analysisStart,
  type CarriedOn,
  carryOn,
  laterStart,
  type MeasuredSeries,
  neededFrom,
  settledStep,
  stepBetween,
  TinctError,
} from '@tinct/core/watching';
import { type Clock, firstNeeded } from '../measure.ts';
import type { PrometheusOptions } from '../prometheus.ts';
import type { Source } from '../source.ts';
import type { KeptAnalyses } from './kept.ts';

/** Seconds that are read at once: what was missed for days is made up for piece by piece. */
const AT_ONCE = 3600;
/** A scrape is there at the latest when the next one begins, and this much later. Seconds. */
const MARGIN = 1;

export interface FollowedOptions {
  readonly release: string;
  readonly source: Source;
  /** What the source says goes over it. */
  readonly settings: AnalysisSettings;
  /** When the analysis began, in seconds since the epoch; `undefined`: as the series say, or with the first look. */
  readonly since: number | undefined;
  readonly prometheus: PrometheusOptions;
  /** `undefined`: nothing survives a restart, and evidence is counted anew from what Prometheus has. */
  readonly kept: KeptAnalyses | undefined;
  readonly warn: (trouble: TinctError) => void;
}

export class FollowedRelease {
  readonly release: string;
  readonly #options: FollowedOptions;
  readonly #settings: AnalysisSettings;
  readonly #question: string;
  #source: Source;
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
    this.#source = options.source;
    this.#since = options.since;
    this.#settings = { ...options.settings, ...options.source.settings };
    this.#question = questionOf(options.source, options);
  }

  /** Whether the source asks what has been asked: then it is read from now on. What a plan says of shares may be new in it. */
  goOnWith(source: Source): boolean {
    if (questionOf(source, this.#options) !== this.#question) return false;
    this.#source = source;
    return true;
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
    if (!this.#source.saysStart) this.#since ??= now;
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
      const clockOf = (beside: readonly MeasuredSeries[]) => this.#clockOf(beside, to);
      const series = await this.#source.read({ from, to, clockOf }, this.#asked);
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
    return firstNeeded(this.#since ?? (await this.#source.start(this.#asked, now)), now);
  }

  #take(series: readonly MeasuredSeries[], now: number, to: number): CarriedOn {
    const options = { now, since: this.#since, until: this.#settled(series, to) };
    return carryOn(series, this.#settings, options, this.#progress);
  }

  /** Up to when nothing more can come. */
  #settled(series: readonly MeasuredSeries[], to: number): number {
    return to - (this.#progress?.series.step ?? stepBetween(series)) - MARGIN;
  }

  /** What the analysis goes by, or will go by. */
  #clockOf(beside: readonly MeasuredSeries[], to: number): Clock | undefined {
    if (this.#progress !== undefined) return this.#progress.series;
    const start = this.#since ?? analysisStart(beside);
    if (start === undefined) return undefined;
    const step = settledStep(beside, start, this.#settled(beside, to));
    return step === undefined ? undefined : { start, step };
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
    const { progress, trouble } = (await kept?.load(this.release, this.#question)) ?? {};
    this.#progress = progress;
    this.#since = progress?.series.start ?? this.#since;
    if (trouble === undefined) return;
    this.#losses += 1;
    warn(trouble);
  }

  async #keep(): Promise<void> {
    const { kept, warn } = this.#options;
    if (this.#progress === undefined || kept === undefined) return;
    try {
      await kept.keep(this.release, this.#question, this.#progress);
    } catch (error) {
      if (!(error instanceof TinctError)) throw error;
      warn(error);
    }
  }

  /** What was kept, before anything could be read. */
  #nothing(now: number): AnalysisReport {
    if (this.#progress === undefined) return analyse([], this.#settings, { now });
    const options = { now, until: Number.NEGATIVE_INFINITY };
    return carryOn([], this.#settings, options, this.#progress).report;
  }
}

/** Text that is another one where evidence would mean something else. */
function questionOf(
  source: Source,
  { settings, since }: Pick<FollowedOptions, 'settings' | 'since'>,
): string {
  const all = { ...settings, ...source.settings };
  const { compared } = source;
  return JSON.stringify(
    compared === undefined && since === undefined ? all : { ...all, compared, since },
  );
}

/** Where nothing can be read, nothing is known but what was convicted before. */
function blind(report: AnalysisReport): AnalysisReport {
  if (report.failedAt === undefined)
    return { ...report, verdict: 'inconclusive', reasons: ['source-gone'] };
  const reasons = report.reasons.filter((reason) => reason !== 'source-gone');
  return { ...report, verdict: 'fail', reasons: [...reasons, 'source-gone'] };
}
