/** Walks a release's rules for one unit: the first that matches decides, a percentage that misses falls through. */
import type { Attributes } from '../conditions/condition.ts';
import type { Outcome, SplitPart } from '../plan/plan.ts';
import type { CompiledRelease, CompiledRule, Membership } from './compiled.ts';
import { type Remembered, recall } from './memory.ts';
import type { Holds, Recorder } from './trace.ts';
import type { Decision, DecisionContext } from './types.ts';

const NO_ATTRIBUTES: Attributes = Object.freeze({});

/**
 * Decides by the rules for a unit of a type and key. Allocates nothing unless the release has memory or
 * someone records: that is why the unit is no object here.
 */
export function decideByRules(
  release: CompiledRelease,
  context: DecisionContext,
  type: string,
  key: string,
  bucket: number,
  recorder: Recorder | undefined,
): Decision {
  const remembered =
    release.release.memory === undefined ? undefined : recall(release, { type, key }, context);
  let shares = 0;
  let missed: CompiledRule | undefined;
  for (const rule of release.rules) {
    const holds = ruleHolds(rule, release, context, type, key);
    const isShare = holds === true && rule.outcome.kind !== 'everyone';
    const part = holds === true ? partFor(rule.outcome, bucket) : MISSED;
    recorder?.rule({
      rule: rule.index,
      holds,
      bucket: isShare ? bucket : undefined,
      variant: rule.decisions.hit[part]?.variant,
      remembered,
    });
    if (holds === 'unavailable') return release.decisions.cohortUnavailable;
    if (holds !== true) continue;
    if (isShare) shares++;
    const kept = isShare && remembered !== undefined ? stickTo(rule, remembered, part) : undefined;
    if (kept !== undefined) return kept;
    if (part !== MISSED)
      return (shares > 1 ? rule.decisions.hitOther : rule.decisions.hit)[part] as Decision;
    missed = rule;
  }
  if (missed === undefined) return release.decisions.default;
  return shares > 1 ? missed.decisions.missedOther : missed.decisions.missed;
}

/** Users, cohort and attributes, in this order; the first that does not hold ends the rule. */
export function ruleHolds(
  { users, members, cohortWhen, when }: CompiledRule,
  release: CompiledRelease,
  context: DecisionContext,
  type: string,
  key: string,
): Holds {
  if (users !== undefined && !usersHold(users, release, type, key)) return false;
  if (members !== undefined) {
    const member = isMember(members, context);
    if (member !== true) return member;
  }
  if (cohortWhen === undefined && when === undefined) return true;
  const attributes = context.attributes ?? NO_ATTRIBUTES;
  const inCohort = cohortWhen === undefined ? true : cohortWhen(attributes);
  if (inCohort !== true || when === undefined) return inCohort;
  return when(attributes);
}

/** `users` speaks of the declared unit type, never of a fallback. */
export function usersHold(
  users: ReadonlySet<string>,
  { release }: CompiledRelease,
  type: string,
  key: string,
): boolean {
  return type === release.units[0] && users.has(key);
}

/** Whether the request's unit of the cohort's own type is in it. */
export function isMember({ unit, has }: Membership, { units }: DecisionContext): Holds {
  if (has === undefined) return 'unavailable';
  const key = units[unit];
  return typeof key === 'string' && key !== '' && has(key);
}

/** The part of an outcome that gives a bucket nothing. */
const MISSED = -1;

/** Which part of what a rule gives holds a bucket; all that is no split has one part. */
function partFor(outcome: Outcome, bucket: number): number {
  if (outcome.kind === 'split') return partOf(outcome.parts, bucket);
  if (outcome.kind === 'percent' && bucket >= outcome.thousandths) return MISSED;
  return 0;
}

function partOf(parts: readonly SplitPart[], bucket: number): number {
  for (let i = 0; i < parts.length; i++) {
    for (const [from, to] of (parts[i] as SplitPart).ranges) {
      if (bucket >= from && bucket < to) return i;
    }
  }
  return MISSED;
}

/** The remembered variant, where the rule's share can give it and does not give it anyway. */
function stickTo(
  rule: CompiledRule,
  { variant, reason }: Remembered,
  part: number,
): Decision | undefined {
  const { hit, sticky, continuity } = rule.decisions;
  if (variant === hit[part]?.variant) return undefined;
  const kept = reason === 'STICKY' ? sticky : continuity;
  return Object.hasOwn(kept, variant) ? kept[variant] : undefined;
}
