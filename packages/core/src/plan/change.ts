/** The changes that the `tinct plan` command makes, as edits of the plan's text. Pure: text in, text out. */
import { type Finding, TinctError } from '../errors.ts';
import { widens } from './movement.ts';
import { hasErrors, parsePlan } from './parse.ts';
import type { Plan, Release } from './plan.ts';
import { type PercentChange, percentEdits, refuse } from './share.ts';
import { type Edit, set, splice } from './splice.ts';
import { suggestion } from './suggest.ts';

/** What to change. */
export type Change =
  | PercentChange
  | { readonly kind: 'pause' | 'resume' | 'abort'; readonly release: string }
  | { readonly kind: 'complete'; readonly release: string; readonly winner: string }
  /** The winner of a completed release becomes its stable variant. */
  | { readonly kind: 'promote'; readonly release: string }
  /** Cohort → the digest of its list. */
  | { readonly kind: 'lock'; readonly digests: ReadonlyMap<string, string> };

export interface Changed {
  readonly text: string;
  /** With lists that were not locked yet, where the change is to lock them. */
  readonly before: Plan;
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
    case 'promote':
      return promoteEdits(release);
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

/** Everyone has the winner already, so nobody's version changes. */
function promoteEdits({ name, state, stable, winner }: Release): Edit[] {
  if (state !== 'completed' || winner === undefined)
    refuse(
      'TINCT_PLAN_STATE',
      `\`${name}\` is ${state}: only what everyone has can become stable`,
      `use \`tinct plan complete ${name} --winner …\` first`,
    );
  return stable === winner ? [] : [set(['releases', name, 'stable'], winner)];
}
