/** The changes that the `tinct plan` command makes, as edits of the plan's text. Pure: text in, text out. */
import { type ErrorCode, type Finding, TinctError } from '../errors.ts';
import { formatPercent } from '../percent.ts';
import { widens } from './movement.ts';
import { hasErrors, parsePlan } from './parse.ts';
import type { Plan, Release, Rule } from './plan.ts';
import type { Path } from './source.ts';
import { type Edit, splice } from './splice.ts';
import { reallocate } from './split.ts';
import { suggestion } from './suggest.ts';

/** What to change. */
export type Change =
  | {
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
  | { readonly kind: 'pause' | 'resume' | 'abort'; readonly release: string }
  | { readonly kind: 'complete'; readonly release: string; readonly winner: string }
  /** Cohort → the digest of its list. */
  | { readonly kind: 'lock'; readonly digests: ReadonlyMap<string, string> };

export interface Changed {
  readonly text: string;
  /** Absent when the old text was no valid plan (a list that was not yet locked). */
  readonly before: Plan | undefined;
  readonly after: Plan;
}

export interface ChangeOptions {
  readonly file?: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Applies a change and raises the revision. Nothing else of the text changes; a change that changes nothing gives
 * the same text. Throws a TinctError, with findings, when the plan is wrong before or after, or the change is refused.
 */
export function changePlan(text: string, change: Change, options: ChangeOptions): Changed {
  const locking = change.kind === 'lock';
  const before = parseOrThrow(text, options.file, !locking);
  const edits = editsFor(change, before, options.now);
  if (edits.length === 0) return { text, before, after: before };
  const revision: Edit = {
    kind: 'set',
    path: ['metadata', 'revision'],
    value: before.revision + 1,
  };
  const changed = splice(text, [...edits, revision]);
  const after = parseOrThrow(changed, options.file, true);
  if (!locking) refuseWidening(before, after, change.release);
  return { text: changed, before, after };
}

/** Parses, or throws with all that is wrong. */
function parseOrThrow(text: string, file: string | undefined, requirePinnedLists: boolean): Plan {
  const { plan, findings } = parsePlan(text, {
    ...(file === undefined ? {} : { file }),
    requirePinnedLists,
  });
  if (plan !== undefined) return plan;
  const first = findings.find(({ level }) => level === 'error') as Finding;
  throw new TinctError(first.code, first.message, {
    findings: hasErrors(findings) ? findings : [first],
  });
}

function refuse(code: ErrorCode, message: string, hint?: string): never {
  throw new TinctError(code, message, hint === undefined ? {} : { hint });
}

function refuseWidening(before: Plan, after: Plan, name: string): void {
  const [old, next] = [before.releases[name], after.releases[name]];
  if (old?.state === 'paused' && next?.state === 'paused' && widens(old, next)) {
    refuse(
      'TINCT_PLAN_PAUSED',
      `\`${name}\` is paused: this would move units away from \`${old.stable}\``,
    );
  }
}

function editsFor(change: Change, plan: Plan, now: number): Edit[] {
  if (change.kind === 'lock') return lockEdits(plan, change.digests);
  const release = releaseOf(plan, change.release);
  switch (change.kind) {
    case 'percent':
      return percentEdits(release, change, now);
    case 'complete':
      return completeEdits(release, change.winner);
    case 'resume':
      return resumeEdits(release);
    default:
      return stateEdits(release, change.kind);
  }
}

function releaseOf(plan: Plan, name: string): Release {
  const release = Object.hasOwn(plan.releases, name) ? plan.releases[name] : undefined;
  return (
    release ??
    refuse(
      'TINCT_PLAN_RELEASE_UNKNOWN',
      `there is no release \`${name}\``,
      suggestion(name, Object.keys(plan.releases)),
    )
  );
}

function set(path: Path, value: Extract<Edit, { kind: 'set' }>['value']): Edit {
  return { kind: 'set', path, value };
}

function lockEdits(plan: Plan, digests: ReadonlyMap<string, string>): Edit[] {
  return [...digests].flatMap(([name, sha256]) => {
    const cohort = plan.cohorts[name];
    const same = cohort?.kind === 'list' && cohort.list.sha256 === sha256;
    return same ? [] : [set(['cohorts', name, 'sha256'], sha256)];
  });
}

function stateEdits({ name, state }: Release, kind: 'pause' | 'abort'): Edit[] {
  const wanted = kind === 'pause' ? 'paused' : 'aborted';
  if (state === wanted) return [];
  if (kind === 'pause' && state !== 'running') {
    refuse('TINCT_PLAN_STATE', `\`${name}\` is ${state}: only a running release can be paused`);
  }
  return [set(['releases', name, 'state'], wanted)];
}

/** Back to what it was: a completed release that was aborted is completed again, in a new epoch. */
function resumeEdits({ name, state, epoch, winner }: Release): Edit[] {
  if (state === 'running') return [];
  if (state === 'completed') {
    refuse('TINCT_PLAN_STATE', `\`${name}\` is completed: it has nothing to resume`);
  }
  const path = ['releases', name];
  const back = set([...path, 'state'], winner === undefined ? 'running' : 'completed');
  return state === 'aborted' ? [set([...path, 'epoch'], epoch + 1), back] : [back];
}

function completeEdits({ name, state, winner }: Release, wanted: string): Edit[] {
  if (state === 'aborted')
    refuse(
      'TINCT_PLAN_STATE',
      `\`${name}\` is aborted: an abort beats completion`,
      `use \`tinct plan resume ${name}\` first`,
    );
  if (state === 'completed' && winner === wanted) return [];
  return [set(['releases', name, 'winner'], wanted), set(['releases', name, 'state'], 'completed')];
}

type PercentChange = Extract<Change, { kind: 'percent' }>;

/** What a share is now, and the edit that changes it. */
interface Share {
  readonly thousandths: number;
  readonly edits: (thousandths: number) => Edit[];
}

function percentEdits(release: Release, change: PercentChange, now: number): Edit[] {
  const share = findShare(release, change);
  if (share.thousandths === change.thousandths) return [];
  const edits = share.edits(change.thousandths);
  const lowered =
    change.thousandths < share.thousandths &&
    release.memory !== undefined &&
    change.keepMemory !== true;
  const moment = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
  return lowered ? [...edits, set(['releases', release.name, 'stickySince'], moment)] : edits;
}

function hasShareOf(rule: Rule, variant: string | undefined): boolean {
  const { outcome } = rule;
  if (outcome.kind === 'everyone') return false;
  if (outcome.kind === 'percent') return variant === undefined || outcome.variant === variant;
  return variant !== undefined;
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
  if (rule === undefined || chosen === undefined) {
    return refuse(
      'TINCT_PLAN_RULE_CHOICE',
      `${fitting.length} rules of \`${release.name}\` have a percentage`,
      `say \`--rule\` with one of ${fitting.join(', ')}`,
    );
  }
  return shareOf(release, rule, chosen, change.variant);
}

function shareOf(
  { name }: Release,
  { outcome }: Rule,
  index: number,
  variant: string | undefined,
): Share {
  const path: Path = ['releases', name, 'rules', index];
  if (outcome.kind === 'percent') {
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

function splitEdits(path: Path, parts: Parts, variant: string, thousandths: number): Edit[] {
  return reallocate(parts, new Map([[variant, thousandths]])).flatMap((part, i): Edit[] => {
    const before = parts[i];
    const percent = Number(formatPercent(part.thousandths));
    if (before === undefined)
      return [
        { kind: 'append', path, value: { variant: part.variant, percent, ranges: part.ranges } },
      ];
    const ranges =
      JSON.stringify(before.ranges) === JSON.stringify(part.ranges)
        ? []
        : [set([...path, i, 'ranges'], part.ranges)];
    return before.thousandths === part.thousandths
      ? ranges
      : [set([...path, i, 'percent'], percent), ...ranges];
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
