/** The edges: which revision each holds, and which are not heard of any more. Pure. */
import { SERIES } from '@tinct/core/watching';
import type { SeenSeries, Silent } from './seen.ts';

export interface EdgePicture {
  /** Host and port. */
  readonly name: string;
  readonly revision: number;
  /** Whether it wants requests. */
  readonly isReady: boolean;
  /** Whether it refuses what it read last of the plan. */
  readonly refusesPlan: boolean;
  /** Since when nothing is heard of it, in seconds since the epoch, and why. */
  readonly lost?: { readonly since: number; readonly why: string };
}

/** What tells edges apart in Prometheus. */
const nameOf = ({ labels }: SeenSeries): string => labels['instance'] ?? '';

/** Several usual scrapes without a word, in seconds. */
function patience(samples: SeenSeries['samples']): number {
  const span = (samples.at(-1)?.[0] ?? 0) - (samples[0]?.[0] ?? 0);
  return 5 + (2.5 * span) / Math.max(1, samples.length - 1);
}

export function edgesOf(
  series: readonly SeenSeries[],
  silent: readonly Silent[],
  at: number,
): EdgePicture[] {
  const value = (metric: string, name: string): number | undefined =>
    series
      .find((each) => each.labels['__name__'] === metric && nameOf(each) === name)
      ?.samples.at(-1)?.[1];
  return series
    .filter(({ labels }) => labels['__name__'] === SERIES.revision.name)
    .map((each): EdgePicture => {
      const name = nameOf(each);
      const since = each.samples.at(-1)?.[0] ?? 0;
      const said = silent.find(({ who }) => who === name)?.why;
      const isOld = at - since > patience(each.samples);
      const why = said ?? (isOld ? 'Prometheus has nothing newer of it' : undefined);
      return {
        name,
        revision: each.samples.at(-1)?.[1] ?? 0,
        isReady: value(SERIES.ready.name, name) !== 0,
        refusesPlan: value(SERIES.planRefused.name, name) === 1,
        ...(why === undefined ? {} : { lost: { since, why } }),
      };
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
