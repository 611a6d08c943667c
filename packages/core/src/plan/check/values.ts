/** Values that several places of a plan hold: variants, ids and percentages. */
import { parsePercent } from '../../percent.ts';
import type { Report } from '../report.ts';
import type { Path, Source } from '../source.ts';
import type { ReleaseDraft } from '../structure.ts';
import { suggestion } from '../suggest.ts';
import { hasOwn, knownVariants } from './draft.ts';

/** The most ids that stand in a plan itself. */
export const MAX_INLINE_IDS = 10_000;
/** Every service of the release has a subset for the variant. */
export function checkVariant(
  variant: string,
  path: Path,
  release: ReleaseDraft,
  report: Report,
): void {
  const without = Object.entries(release.services).filter(
    ([, service]) => service !== undefined && !hasOwn(service.subsets, variant),
  );
  if (without.length === 0) return;
  const names = without.map(([name]) => `\`${name}\``).join(', ');
  const hint = suggestion(variant, knownVariants(release));
  report('TINCT_PLAN_SUBSET_UNKNOWN', `\`${variant}\` has no subset in ${names}`, path, hint);
}

export function checkIds(ids: readonly string[], path: Path, report: Report): void {
  if (ids.length > MAX_INLINE_IDS) {
    report(
      'TINCT_PLAN_TOO_LARGE',
      `${ids.length} ids; at most ${MAX_INLINE_IDS} stand in a plan`,
      path,
      'use a cohort with a `list`',
    );
  }
}

/** Exact to a thousandth, read from what is written rather than from the number that it became. */
export function checkPercent(
  percent: number,
  path: Path,
  { source, report }: { source: Source; report: Report },
): void {
  const written = source.written(path) ?? String(percent);
  if (parsePercent(written) === undefined) {
    report('TINCT_PLAN_PERCENT_FINE', `${written} is finer than 0.001 or no plain decimal`, path);
  }
}
