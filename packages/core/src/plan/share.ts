/** Which share of a release is meant, and the edits that change it. */
import { BUCKETS } from '../bucket/bucket.ts';
import { type ErrorCode, TinctError } from '../errors.ts';
import { formatPercent } from '../percent.ts';
import type { Release, Rule } from './plan.ts';
import type { Path } from './source.ts';
import { type Edit, set } from './splice.ts';
import { reallocate } from './split.ts';

/** Throws a TinctError. */
export function refuse(code: ErrorCode, message: string, hint?: string): never {
  throw new TinctError(code, message, hint === undefined ? {} : { hint });
}

/** Gives a variant of a release another share. */
export interface PercentChange {
  readonly kind: 'percent';
  readonly release: string;
  /** Thousandths of a percent. */
  readonly thousandths: number;
  /** Needed where several variants have a percentage. */
  readonly variant?: string;
  /** The rule's index; needed where several rules fit. */
  readonly rule?: number;
  /** Lowering a percentage forgets older assignments, unless this is true. */
  readonly keepMemory?: boolean;
}

/** What a share is now, and the edit that changes it. */
interface Share {
  readonly thousandths: number;
  readonly edits: (thousandths: number) => Edit[];
}

/** The edits that make the change; none when the share is what it is already. */
export function percentEdits(release: Release, change: PercentChange, now: number): Edit[] {
  checkShare(change.thousandths);
  const share = findShare(release, change);
  if (share.thousandths === change.thousandths) return [];
  const edits = share.edits(change.thousandths);
  const lowered =
    change.thousandths < share.thousandths &&
    release.memory !== undefined &&
    change.keepMemory !== true;
  const since = moment(Math.max(now, release.stickySince));
  return lowered ? [...edits, set(['releases', release.name, 'stickySince'], since)] : edits;
}

function checkShare(thousandths: number): void {
  if (Number.isInteger(thousandths) && thousandths >= 0 && thousandths <= BUCKETS) return;
  refuse('TINCT_PLAN_PERCENT_RANGE', `${thousandths / 1000} % is no share of all units`);
}

/** Rounded up to a whole second: what was remembered within that second is older than the change, too. */
function moment(now: number): string {
  return new Date(Math.ceil(now / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

function hasShareOf(rule: Rule, variant: string | undefined): boolean {
  const { outcome } = rule;
  if (outcome.kind === 'everyone') return false;
  return outcome.kind === 'split' || variant === undefined || outcome.variant === variant;
}

/** The rule that is meant: the one named, the only one that fits, or the one that speaks of everyone. */
function findShare(release: Release, change: PercentChange): Share {
  const { rules } = release;
  const fitting = rules.flatMap((rule, i) => (hasShareOf(rule, change.variant) ? [i] : []));
  const ofEveryone = fitting.filter((i) => {
    const rule = rules[i];
    return rule?.users === undefined && rule?.cohort === undefined && rule?.when === undefined;
  });
  const chosen =
    change.rule ??
    (fitting.length === 1 ? fitting[0] : ofEveryone.length === 1 ? ofEveryone[0] : undefined);
  if (chosen === undefined && fitting.length === 0) return newShare(release, change.variant);
  const rule = chosen === undefined ? undefined : rules[chosen];
  if (rule !== undefined && chosen !== undefined)
    return shareOf(release, rule, chosen, change.variant);
  const what =
    chosen === undefined
      ? `${fitting.length} rules of \`${release.name}\` have a percentage`
      : `\`${release.name}\` has no rule ${chosen}`;
  const hint = `say \`--rule\` with one of ${fitting.join(', ')}`;
  return refuse('TINCT_PLAN_RULE_CHOICE', what, fitting.length === 0 ? undefined : hint);
}

function shareOf(
  { name }: Release,
  { outcome }: Rule,
  index: number,
  variant: string | undefined,
): Share {
  const path: Path = ['releases', name, 'rules', index];
  if (outcome.kind === 'percent') {
    if (variant !== undefined && variant !== outcome.variant) {
      refuse(
        'TINCT_PLAN_RULE_CHOICE',
        `rule ${index} of \`${name}\` gives \`${outcome.variant}\`, not \`${variant}\``,
      );
    }
    const edits = (to: number) => [set([...path, 'percent'], Number(formatPercent(to)))];
    return { thousandths: outcome.thousandths, edits };
  }
  if (outcome.kind === 'everyone' || variant === undefined) {
    return refuse(
      'TINCT_PLAN_RULE_CHOICE',
      `rule ${index} of \`${name}\` has no percentage of its own`,
      'say `--variant` for a split',
    );
  }
  const part = outcome.parts.find((of) => of.variant === variant);
  return {
    thousandths: part?.thousandths ?? 0,
    edits: (to) => splitEdits([...path, 'split'], outcome.parts, variant, to),
  };
}

type Parts = Extract<Rule['outcome'], { kind: 'split' }>['parts'];
type Ranges = Parts[number]['ranges'];

function splitEdits(path: Path, parts: Parts, variant: string, thousandths: number): Edit[] {
  return reallocate(parts, new Map([[variant, thousandths]])).flatMap((part, i): Edit[] => {
    const before = parts[i];
    const percent = Number(formatPercent(part.thousandths));
    if (before === undefined)
      return [
        { kind: 'append', path, value: { variant: part.variant, percent, ranges: part.ranges } },
      ];
    const ranges = rangeEdits([...path, i, 'ranges'], before.ranges, part.ranges);
    return before.thousandths === part.thousandths
      ? ranges
      : [set([...path, i, 'percent'], percent), ...ranges];
  });
}

/** Number by number where that is enough, so that the ranges stay as they are written. */
function rangeEdits(path: Path, before: Ranges, after: Ranges): Edit[] {
  if (after.length < before.length) return [set(path, after)];
  return after.flatMap((range, i): Edit[] => {
    const old = before[i];
    if (old === undefined) return [{ kind: 'append', path, value: range }];
    return range.flatMap((bucket, side) =>
      bucket === old[side] ? [] : [set([...path, i, side], bucket)],
    );
  });
}

/** No rule has a percentage yet: one is appended, for the only variant that can be meant. */
function newShare(release: Release, variant: string | undefined): Share {
  const others = [
    ...new Set(release.services.flatMap(({ subsets }) => Object.keys(subsets))),
  ].filter((name) => name !== release.stable);
  const chosen = variant ?? (others.length === 1 ? others[0] : undefined);
  if (chosen === undefined) {
    return refuse(
      'TINCT_PLAN_RULE_CHOICE',
      `no rule of \`${release.name}\` has a percentage`,
      `say \`--variant\` with one of ${others.join(', ')}`,
    );
  }
  const path = ['releases', release.name, 'rules'];
  return {
    thousandths: 0,
    edits: (to) => [
      { kind: 'append', path, value: { percent: Number(formatPercent(to)), variant: chosen } },
    ],
  };
}
