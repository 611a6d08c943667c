/** A release's baseline: a variant that can be compared with the canary, and is as large. */
import { parsePercent } from '../../percent.ts';
import { type BaselineContext, baselineTrouble, unlikeShares } from '../baseline.ts';
import { comparisonIndex } from '../comparison-rule.ts';
import type { Report } from '../report.ts';
import type { Path } from '../source.ts';
import type { ReleaseDraft } from '../structure.ts';
import { isPercentage, knownVariants } from './draft.ts';
import { checkVariant } from './values.ts';

export function checkBaseline(release: ReleaseDraft, path: Path, report: Report): void {
  const baseline = release.analysis?.baseline;
  if (baseline === undefined) return;
  const at = [...path, 'analysis', 'baseline'];
  checkVariant(baseline, at, release, report);
  if (!knownVariants(release).has(baseline)) return;
  const context = contextOf(release);
  const trouble = baselineTrouble(baseline, context);
  if (trouble !== undefined) return report('TINCT_PLAN_BASELINE', trouble, at);
  const unlike = unlikeShares(baseline, context);
  const isOver = release.state === 'completed' || release.state === 'aborted';
  if (unlike !== undefined && context.shares.size > 0 && !isOver)
    report('TINCT_PLAN_BASELINE_SHARE', unlike, at);
}

function contextOf({ stable, winner, rules }: ReleaseDraft): BaselineContext {
  const rule = rules[comparisonIndex(rules, isPercentage)];
  const { percent, variant } = rule ?? {};
  const single = percent === undefined || variant === undefined ? [] : [{ variant, percent }];
  const parts = rule?.split ?? single;
  const shares = parts.map((part) => [part.variant, shareOf(part.percent)] as const);
  return { stable, winner, shares: new Map(shares) };
}

/** What is no percentage is told elsewhere. */
const shareOf = (percent: number): number => parsePercent(String(percent)) ?? 0;
