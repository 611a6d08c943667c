/** A release's rules: each alone, and each among the others. */
import { isUnconditional } from '../comparison-rule.ts';
import type { Report } from '../report.ts';
import type { RuleDocument } from '../schema.ts';
import type { Path } from '../source.ts';
import type { ReleaseDraft } from '../structure.ts';
import { suggestion } from '../suggest.ts';
import { checkCondition } from './conditions.ts';
import { hasOwn, isPercentage, type RuleChecks } from './draft.ts';
import { checkSplit } from './split.ts';
import { checkPercent, checkVariant } from './values.ts';

export function checkRules(checks: RuleChecks, path: Path): void {
  const { release, report } = checks;
  release.rules.forEach((rule, i) => {
    if (rule !== undefined) checkShape(rule, [...path, i], report);
    const left = rule ?? release.fragments.get(i);
    if (left !== undefined) checkParts(left, [...path, i], checks);
  });
  checkClash(release, path, report);
}

/** Each part of a rule by itself. */
function checkParts(rule: RuleDocument, path: Path, checks: RuleChecks): void {
  const { draft, report } = checks;
  checkReferences(rule, path, checks);
  if (rule.when !== undefined) checkCondition(rule.when, [...path, 'when'], draft, report);
  if (rule.percent !== undefined) checkPercent(rule.percent, [...path, 'percent'], checks);
  if (rule.split !== undefined) checkSplit(rule.split, [...path, 'split'], checks);
}

function checkShape(rule: RuleDocument, path: Path, report: Report): void {
  const share = isPercentage(rule);
  if (isUnconditional(rule) && !share) {
    report(
      'TINCT_PLAN_RULE_EMPTY',
      'the rule does not say whom it is for',
      path,
      'add users, cohort or when; `percent: 100` is everyone',
    );
  }
  if (rule.variant === undefined && rule.split === undefined) {
    report('TINCT_PLAN_RULE_EMPTY', 'the rule gives nobody anything', path, 'add `variant`');
  }
  if (rule.split !== undefined && (rule.variant !== undefined || rule.percent !== undefined)) {
    report('TINCT_PLAN_RULE_AMBIGUOUS', '`split` stands beside `variant` or `percent`', path);
  }
}

function checkReferences(
  rule: RuleDocument,
  path: Path,
  { draft, release, report }: RuleChecks,
): void {
  if (rule.variant !== undefined) checkVariant(rule.variant, [...path, 'variant'], release, report);
  if (rule.cohort !== undefined && !hasOwn(draft.cohorts, rule.cohort)) {
    const hint = suggestion(rule.cohort, Object.keys(draft.cohorts));
    report(
      'TINCT_PLAN_COHORT_UNKNOWN',
      `there is no cohort \`${rule.cohort}\``,
      [...path, 'cohort'],
      hint,
    );
  }
}

/** Two shares of everyone that give different variants would take the same buckets. */
function checkClash(release: ReleaseDraft, path: Path, report: Report): void {
  const shares = release.rules.flatMap((rule, i) =>
    rule !== undefined && isUnconditional(rule) && isPercentage(rule) ? [{ rule, i }] : [],
  );
  const [first, ...others] = shares;
  for (const { rule, i } of others) {
    if (first === undefined || (rule.split === undefined && rule.variant === first.rule.variant))
      continue;
    const what = `${describe(first.rule)} and ${describe(rule)} both speak of everyone`;
    report('TINCT_PLAN_PERCENT_CLASH', what, [...path, i], 'use one rule with `split`');
  }
}

function describe({ percent, split, variant }: RuleDocument): string {
  return split === undefined ? `${percent} % for \`${variant}\`` : 'a split';
}
