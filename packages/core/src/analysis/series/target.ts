/** One replica's samples, and what happened between two scrapes of it. */
import type { Sample, Series, SeriesKind } from './samples.ts';

/** Counters that only a restart takes back. Those of units begin anew with each analysis too. */
const STEADY: readonly SeriesKind['of'][] = ['requests', 'errors', 'within', 'slice-requests'];

/** A counter that was at least this high cannot have come back so far within one interval of a new life. */
const HIGH = 1000;

export class Target {
  readonly name: string;
  readonly series: readonly Series[];
  /** When it was scraped, ascending. */
  readonly times: readonly number[];
  readonly #values = new Map<Series, ReadonlyMap<number, number>>();

  constructor(name: string, series: readonly Series[]) {
    this.name = name;
    this.series = series;
    const times = new Set(series.flatMap(({ samples }) => samples.map(({ at }) => at)));
    this.times = [...times].sort((a, b) => a - b);
    for (const each of series) this.#values.set(each, byTime(each.samples));
  }

  /** Whether it says of itself when it is looked at. Sums of the plan's metrics are taken over many programs, as often as the rest is scraped. */
  get isScraped(): boolean {
    return this.series.some(({ kind }) => kind.of !== 'custom');
  }

  /** Whether it began a new life between two scrapes: some counter went back. */
  isRestart(from: number, to: number): boolean {
    return this.#steady(from, to).some(([before, after]) => after < before);
  }

  /** A restart, but a counter that was high is higher still: no restart explains that. */
  isUnclear(from: number, to: number): boolean {
    const pairs = this.#steady(from, to);
    const isBack = pairs.some(([before, after]) => after < before);
    return isBack && pairs.some(([before, after]) => before >= HIGH && after >= before);
  }

  /** By how much a counter grew. `isRestart`: it began at 0 in between. A series that was not there before has no growth: nobody knows when it grew. */
  growth(series: Series, from: number, to: number, isRestart: boolean): number {
    const after = this.value(series, to) ?? 0;
    if (isRestart) return after;
    const before = this.value(series, from);
    if (before === undefined || this.value(series, to) === undefined) return 0;
    return after >= before ? after - before : after;
  }

  value(series: Series, at: number): number | undefined {
    return this.#values.get(series)?.get(at);
  }

  #steady(from: number, to: number): (readonly [before: number, after: number])[] {
    return this.series.flatMap((series) => {
      if (!STEADY.includes(series.kind.of)) return [];
      const [before, after] = [this.value(series, from), this.value(series, to)];
      return before === undefined || after === undefined ? [] : [[before, after] as const];
    });
  }
}

const byTime = (samples: readonly Sample[]): ReadonlyMap<number, number> =>
  new Map(samples.map(({ at, value }) => [at, value]));

/** By replica, in the order of their names. */
export function targetsOf(series: readonly Series[]): Target[] {
  const groups = Map.groupBy(series, ({ target }) => target);
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, members]) => new Target(name, members));
}
