/** A split's ranges: in order, inside the buckets, not overlapping, as wide as the percentages say. */
import { BUCKETS } from '../../bucket/bucket.ts';
import { formatPercent, parsePercent } from '../../percent.ts';
import type { Report } from '../report.ts';
import type { SplitDocument } from '../schema.ts';
import type { Path } from '../source.ts';
import type { RuleChecks } from './draft.ts';
import { checkPercent, checkVariant } from './values.ts';

export function checkSplit(parts: readonly SplitDocument[], path: Path, checks: RuleChecks): void {
  const { release, report } = checks;
  const seen = new Set<string>();
  parts.forEach((part, i) => {
    const at = [...path, i];
    checkVariant(part.variant, [...at, 'variant'], release, report);
    checkPercent(part.percent, [...at, 'percent'], checks);
    checkWidth(part, at, report);
    if (seen.has(part.variant))
      report('TINCT_PLAN_SPLIT_RANGES', `\`${part.variant}\` stands twice in the split`, at);
    seen.add(part.variant);
  });
  checkOverlap(parts, path, report);
}

function checkWidth(part: SplitDocument, path: Path, report: Report): void {
  part.ranges.forEach(([from, to], i) => {
    if (from >= to)
      report('TINCT_PLAN_SPLIT_RANGES', `[${from}, ${to}) holds no bucket`, [...path, 'ranges', i]);
  });
  const width = part.ranges.reduce((sum, [from, to]) => sum + Math.max(0, to - from), 0);
  const wanted = parsePercent(String(part.percent));
  if (wanted !== undefined && width !== wanted) {
    const message = `the ranges of \`${part.variant}\` hold ${formatPercent(width)} % of the ${BUCKETS} buckets, not ${formatPercent(wanted)} %`;
    report('TINCT_PLAN_SPLIT_RANGES', message, [...path, 'ranges']);
  }
}

function checkOverlap(parts: readonly SplitDocument[], path: Path, report: Report): void {
  const all = parts.flatMap((part, i) =>
    part.ranges.map(([from, to], j) => ({ from, to, at: [i, 'ranges', j] })),
  );
  all.sort((a, b) => a.from - b.from);
  all.forEach(({ from, at }, i) => {
    const before = all[i - 1];
    if (before !== undefined && from < before.to) {
      report('TINCT_PLAN_SPLIT_RANGES', `bucket ${from} is given twice`, [...path, ...at]);
    }
  });
}
