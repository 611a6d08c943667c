/** Values that several places of a plan hold: variants, ids and percentages. */
import { formatPercent, parsePercent } from '../../percent.ts';
import type { Report } from '../report.ts';
import type { Path, Source } from '../source.ts';
import type { ReleaseDraft } from '../structure.ts';
import { suggestion } from '../suggest.ts';
import { hasOwn, knownVariants } from './draft.ts';

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
  const known = knownVariants(release);
  const hint = known.has(variant)
    ? `add \`${variant}\` to the \`subsets\` of ${names}`
    : suggestion(variant, known);
  report('TINCT_PLAN_SUBSET_UNKNOWN', `\`${variant}\` has no subset in ${names}`, path, hint);
}

/** Exact to a thousandth, read from what is written rather than from the number that it became. */
export function checkPercent(
  percent: number,
  path: Path,
  { source, report }: { source: Source; report: Report },
): void {
  const written = source.written(path) ?? String(percent);
  if (parsePercent(written) !== undefined) return;
  const plain = parsePercent(String(percent));
  if (/^\d*\.\d+$/.test(written) || plain === undefined) {
    report('TINCT_PLAN_PERCENT_FINE', `${written} is finer than 0.001`, path);
  } else {
    report(
      'TINCT_PLAN_VALUE',
      `${written}: not a plain decimal`,
      path,
      `write ${formatPercent(plain)}`,
    );
  }
}
