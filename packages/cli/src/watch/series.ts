/** Picks among series, and reads what they said last. Pure. */
import type { SeenSeries } from './seen.ts';

export const named = (series: readonly SeenSeries[], name: string): readonly SeenSeries[] =>
  series.filter(({ labels }) => labels['__name__'] === name);

export const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, n) => total + n, 0);

export const lastOf = ({ samples }: SeenSeries): number => samples.at(-1)?.[1] ?? 0;

export const withLabel = (series: readonly SeenSeries[], name: string, value: string) =>
  series.filter(({ labels }) => labels[name] === value);

export const share = (part: number, whole: number): number | undefined =>
  whole > 0 ? part / whole : undefined;

/** The one that was heard of last: a series whose labels changed stays in the window for a while. */
export const newest = (series: readonly SeenSeries[]): SeenSeries | undefined =>
  series.reduce<SeenSeries | undefined>(
    (best, each) =>
      (each.samples.at(-1)?.[0] ?? 0) > (best?.samples.at(-1)?.[0] ?? 0) ? each : best,
    undefined,
  );
