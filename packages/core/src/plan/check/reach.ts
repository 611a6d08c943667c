/** Rules that can never match, and lists that earlier ones cover: warnings. */
import { parsePercent } from '../../percent.ts';
import type { Report } from '../report.ts';
import type { RuleDocument } from '../schema.ts';
import type { Path } from '../source.ts';
import type { Draft, ReleaseDraft } from '../structure.ts';
import { neverHolds } from './conditions.ts';
import { isPercentage, isUnconditional } from './draft.ts';

/** What the rules so far have taken. */
interface Taken {
  everyone: boolean;
  /** Thousandths that unconditional percentages took. */
  share: number;
  readonly users: Set<string>;
  /** Cohort, or the digest of its list → the cohort's name. */
  readonly cohorts: Map<string, string>;
  percentage: boolean;
}

export function checkReach(release: ReleaseDraft, draft: Draft, path: Path, report: Report): void {
  const taken: Taken = {
    everyone: false,
    share: 0,
    users: new Set(),
    cohorts: new Map(),
    percentage: false,
  };
  release.rules.forEach((rule, i) => {
    if (rule === undefined) return;
    checkOne(rule, taken, draft, [...path, i], report);
    take(rule, taken, draft);
  });
}

function checkOne(
  rule: RuleDocument,
  taken: Taken,
  draft: Draft,
  path: Path,
  report: Report,
): void {
  const why = unreachable(rule, taken);
  if (why !== undefined) return report('TINCT_PLAN_RULE_UNREACHABLE', why, path);
  const covered = coveredBy(rule, taken, draft);
  if (covered !== undefined) {
    return report(
      'TINCT_PLAN_LIST_SHADOWED',
      `everyone in \`${rule.cohort}\` was decided by the rule for \`${covered}\``,
      path,
    );
  }
  if (taken.percentage && !isUnconditional(rule) && !isPercentage(rule)) {
    report(
      'TINCT_PLAN_RULE_AFTER_PERCENT',
      'a targeted rule stands below a percentage',
      path,
      'move it above',
    );
  }
}

function unreachable(rule: RuleDocument, taken: Taken): string | undefined {
  if (taken.everyone) return 'an earlier rule takes everyone';
  if (rule.users?.length === 0) return '`users` is empty';
  if (rule.users?.every((id) => taken.users.has(id)))
    return 'earlier rules take all of its `users`';
  if (rule.when !== undefined && neverHolds(rule.when)) return 'its `when` can never hold';
  const share = unconditionalShare(rule);
  if (share > 0 && share <= taken.share) return 'an earlier percentage takes the same buckets';
  return undefined;
}

function unconditionalShare(rule: RuleDocument): number {
  return isUnconditional(rule) && rule.percent !== undefined
    ? (parsePercent(String(rule.percent)) ?? 0)
    : 0;
}

/** The name under which a cohort's ids are known: the digest of a list, else its own name. */
function idsOf(name: string, draft: Draft): string {
  const cohort = draft.cohorts[name];
  return cohort?.sha256 === undefined
    ? name
    : `${cohort.sha256} ${cohort.column ?? ''} ${cohort.unit ?? 'user'}`;
}

function coveredBy(rule: RuleDocument, taken: Taken, draft: Draft): string | undefined {
  return rule.cohort === undefined ? undefined : taken.cohorts.get(idsOf(rule.cohort, draft));
}

/** Only a rule with a single condition takes all of those whom it names. */
function take(rule: RuleDocument, taken: Taken, draft: Draft): void {
  taken.percentage ||= isPercentage(rule);
  taken.share = Math.max(taken.share, unconditionalShare(rule));
  taken.everyone ||= taken.share === 100_000;
  if (isPercentage(rule) || rule.when !== undefined) return;
  if (rule.cohort === undefined) for (const id of rule.users ?? []) taken.users.add(id);
  else if (rule.users === undefined) taken.cohorts.set(idsOf(rule.cohort, draft), rule.cohort);
}
