/** Rules that can never match, and lists that earlier ones cover: warnings. */
import { BUCKETS } from '../../bucket/bucket.ts';
import { parsePercent } from '../../percent.ts';
import { comparisonIndex, isUnconditional } from '../comparison-rule.ts';
import type { Report } from '../report.ts';
import type { RuleDocument } from '../schema.ts';
import type { Path } from '../source.ts';
import type { Draft, ReleaseDraft } from '../structure.ts';
import { neverHolds } from './conditions.ts';
import { hasOwn, isPercentage } from './draft.ts';
import { isYielded } from './units.ts';

/** What the rules so far have taken. */
interface Taken {
  everyone: boolean;
  /** Conditions (none: `{}`) → the largest share of those who satisfy them, and what it gave. */
  readonly shares: Map<string, Share>;
  readonly users: Set<string>;
  /** Cohort, or the digest of its list → the cohort's name. */
  readonly cohorts: Map<string, string>;
  /** Whether the percentage whose units are compared stands above. */
  compared: boolean;
}

interface Share {
  readonly thousandths: number;
  readonly variant: string | undefined;
}

/** The key of a share of everyone. */
const EVERYONE = '{}';

export function checkReach(release: ReleaseDraft, draft: Draft, path: Path, report: Report): void {
  const taken: Taken = {
    everyone: false,
    shares: new Map(),
    users: new Set(),
    cohorts: new Map(),
    compared: false,
  };
  const compared = comparisonIndex(release.rules, isPercentage);
  release.rules.forEach((rule, i) => {
    if (rule === undefined) return;
    checkOne(rule, taken, { draft, release }, [...path, i], report);
    take(rule, taken, draft);
    taken.compared ||= i === compared;
  });
}

function checkOne(
  rule: RuleDocument,
  taken: Taken,
  { draft, release }: { readonly draft: Draft; readonly release: ReleaseDraft },
  path: Path,
  report: Report,
): void {
  const why = unreachable(rule, taken, draft, release);
  if (why !== undefined) return report('TINCT_PLAN_RULE_UNREACHABLE', why, path);
  const covered = coveredBy(rule, taken, draft);
  if (covered !== undefined) {
    return report(
      'TINCT_PLAN_LIST_SHADOWED',
      `everyone in \`${rule.cohort}\` was decided by the rule for \`${covered}\``,
      path,
    );
  }
  if (taken.compared && !isUnconditional(rule)) {
    report(
      'TINCT_PLAN_RULE_AFTER_PERCENT',
      'a conditional rule stands below the percentage whose units are compared',
      path,
      'move it above',
    );
  }
}

function unreachable(
  rule: RuleDocument,
  taken: Taken,
  draft: Draft,
  release: ReleaseDraft,
): string | undefined {
  if (taken.everyone) return 'an earlier rule takes everyone';
  if (rule.users?.length === 0) return '`users` is empty';
  if (rule.users?.every((id) => taken.users.has(id)))
    return 'earlier rules take all of its `users`';
  if (rule.when !== undefined && neverHolds(rule.when)) return 'its `when` can never hold';
  const unit = release.unit ?? 'user';
  if (rule.users !== undefined && !isYielded(unit, draft))
    return `\`users\` speaks of the unit type \`${unit}\`, which no identity source yields`;
  const earlier = [EVERYONE, conditionsOf(rule)].map((key) => taken.shares.get(key));
  return earlier.some((share) => share !== undefined && takesAll(share, rule, release))
    ? 'an earlier percentage takes the same buckets'
    : undefined;
}

/** One unit has one bucket: a share that is no larger than an earlier one of the same people gets nobody. */
function takesAll(earlier: Share, rule: RuleDocument, { memory }: ReleaseDraft): boolean {
  const share = thousandthsOf(rule);
  const isRemembered = memory !== undefined && rule.variant !== earlier.variant;
  return share > 0 && share <= earlier.thousandths && !isRemembered;
}

function thousandthsOf({ percent }: RuleDocument): number {
  return percent === undefined ? 0 : (parsePercent(String(percent)) ?? 0);
}

/** What a rule asks beside its share, as text. */
function conditionsOf({ users, cohort, when }: RuleDocument): string {
  return JSON.stringify({ users, cohort, when });
}

/** Whether a split has a variant for every bucket. */
function isFullSplit({ split }: RuleDocument): boolean {
  const widths = split?.flatMap(({ ranges }) => ranges.map(([from, to]) => to - from)) ?? [];
  return widths.reduce((sum, width) => sum + width, 0) >= BUCKETS;
}

/** The name under which a cohort's ids are known: the digest of a list, else its own name. */
function idsOf(name: string, draft: Draft): string {
  const cohort = hasOwn(draft.cohorts, name) ? draft.cohorts[name] : undefined;
  return cohort?.sha256 === undefined
    ? name
    : `${cohort.sha256} ${cohort.column ?? ''} ${cohort.unit ?? 'user'}`;
}

function coveredBy(rule: RuleDocument, taken: Taken, draft: Draft): string | undefined {
  return rule.cohort === undefined ? undefined : taken.cohorts.get(idsOf(rule.cohort, draft));
}

/** Only a rule with a single condition takes all of those whom it names. */
function take(rule: RuleDocument, taken: Taken, draft: Draft): void {
  takeShare(rule, taken);
  if (isPercentage(rule) || rule.when !== undefined) return;
  if (rule.cohort === undefined) for (const id of rule.users ?? []) taken.users.add(id);
  else if (rule.users === undefined) taken.cohorts.set(idsOf(rule.cohort, draft), rule.cohort);
}

function takeShare(rule: RuleDocument, taken: Taken): void {
  const key = conditionsOf(rule);
  const thousandths = thousandthsOf(rule);
  const before = taken.shares.get(key)?.thousandths ?? 0;
  if (thousandths > before) taken.shares.set(key, { thousandths, variant: rule.variant });
  taken.everyone ||= isUnconditional(rule) && (thousandths === BUCKETS || isFullSplit(rule));
}
