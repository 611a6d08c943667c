/** The long-running analyser: looks at every release of a plan again and again, for as long as it runs. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { AnalysisReport, AnalysisSettings, TinctError } from '@tinct/core/watching';
import type { PrometheusOptions } from '../prometheus.ts';
import type { Source } from '../source.ts';
import { FollowedRelease } from './followed.ts';
import type { KeptAnalyses } from './kept.ts';

/** By the names of releases, what each of them is compared by. */
export type Sources = ReadonlyMap<string, Source>;

export interface AnalyserOptions {
  /** Asked for before each round. */
  readonly releases: () => Promise<Sources>;
  readonly settings: AnalysisSettings;
  /** When all of them began, in seconds since the epoch; `undefined`: as their series say. */
  readonly since: number | undefined;
  readonly prometheus: PrometheusOptions;
  readonly kept: KeptAnalyses | undefined;
  /** Milliseconds between the beginnings of two rounds. */
  readonly every: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly warn: (trouble: TinctError, release: string) => void;
  /** A verdict that was not there before; `before` is `undefined` at the first. */
  readonly changed: (release: string, report: AnalysisReport, before: string | undefined) => void;
}

/** Releases that are looked at at once. */
const AT_ONCE = 4;
/** Rounds that may fail to come before the analyser counts as stuck. */
const STUCK = 10;

export class Analyser {
  readonly #options: AnalyserOptions;
  readonly #releases = new Map<string, FollowedRelease>();
  #rounds = 0;
  #lastRound: number;

  constructor(options: AnalyserOptions) {
    this.#options = options;
    this.#lastRound = options.now();
  }

  /** In the order of their names. */
  get releases(): readonly FollowedRelease[] {
    return [...this.#releases.values()].sort((a, b) => (a.release < b.release ? -1 : 1));
  }

  release(name: string): FollowedRelease | undefined {
    return this.#releases.get(name);
  }

  /** Every release was looked at. */
  get isReady(): boolean {
    return this.#rounds > 0;
  }

  /** Rounds go on. */
  get isAlive(): boolean {
    const { every, now, prometheus } = this.#options;
    const longest = every + prometheus.timeoutMs * Math.max(1, this.#releases.size / AT_ONCE);
    return now() - this.#lastRound < STUCK * longest;
  }

  /** Until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    const { every, now } = this.#options;
    try {
      while (!signal.aborted) {
        const began = now();
        await this.round();
        await sleep(Math.max(0, every - (now() - began)), undefined, { signal });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Looks at each release once. */
  async round(): Promise<void> {
    const sources = await this.#options.releases();
    for (const name of this.#releases.keys()) if (!sources.has(name)) this.#releases.delete(name);
    const waiting = [...sources];
    const next = async (): Promise<void> => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift())
        await this.#look(...one);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    this.#rounds += 1;
    this.#lastRound = this.#options.now();
  }

  async #look(name: string, source: Source): Promise<void> {
    const { now, changed } = this.#options;
    const known = this.#releases.get(name);
    const release = known?.goOnWith(source) ? known : this.#begin(name, source);
    const before = release.report?.verdict;
    await release.look(now() / 1000);
    const { report } = release;
    if (report !== undefined && report.verdict !== before) changed(name, report, before);
  }

  #begin(release: string, source: Source): FollowedRelease {
    const { warn, ...options } = this.#options;
    const say = (trouble: TinctError) => warn(trouble, release);
    const made = new FollowedRelease({ ...options, release, source, warn: say });
    this.#releases.set(release, made);
    return made;
  }
}
