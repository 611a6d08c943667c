/** Walks a release's rules for one unit: the first that matches decides, a percentage that misses falls through. */
import { type Bucketer, bucketOf } from '../bucket/bucket.ts';
import type { Attributes } from '../conditions/condition.ts';
import type { Outcome, SplitPart } from '../plan/plan.ts';
import type { CompiledRelease, CompiledRule, Membership } from './compile.ts';
import { type Remembered, recall } from './memory.ts';
import type { Holds, Recorder } from './trace.ts';
import type { Decision, DecisionContext } from './types.ts';

const NO_ATTRIBUTES: Attributes = Object.freeze({});

/** A unit with what its bucket is made from. */
export interface DecidedUnit {
  readonly type: string;
  readonly key: string;
  readonly of: Bucketer;
}

/** Decides by the rules. Allocates nothing unless the release has memory or someone records. */
export function decideByRules(
  release: CompiledRelease,
  context: DecisionContext,
  unit: DecidedUnit,
  recorder: Recorder | undefined,
): Decision {
  const remembered =
    release.release.memory === undefined ? undefined : recall(release, unit, context);
  let bucket = -1;
  let shares = 0;
  let missed: CompiledRule | undefined;
  for (const rule of release.rules) {
    const holds = ruleHolds(rule, release, context, unit);
    const isShare = holds === true && rule.outcome.kind !== 'everyone';
    if (isShare && bucket < 0) bucket = bucketOf(unit.of, unit.key);
    const variant = holds === true ? variantFor(rule.outcome, bucket) : undefined;
    recorder?.rule({
      rule: rule.index,
      holds,
      bucket: isShare ? bucket : undefined,
      variant,
      remembered,
    });
    if (holds === 'unavailable') return release.decisions.cohortUnavailable;
    if (holds !== true) continue;
    if (isShare) shares++;
    const kept =
      isShare && remembered !== undefined ? stickTo(rule, remembered, variant) : undefined;
    if (kept !== undefined) return kept;
    if (variant !== undefined)
      return (shares > 1 ? rule.decisions.hitOther : rule.decisions.hit)[variant] as Decision;
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
  unit: DecidedUnit,
): Holds {
  if (users !== undefined && !usersHold(users, release, unit)) return false;
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
  unit: DecidedUnit,
): boolean {
  return unit.type === release.units[0] && users.has(unit.key);
}

/** Whether the request's unit of the cohort's own type is in it. */
export function isMember({ unit, has }: Membership, { units }: DecisionContext): Holds {
  if (has === undefined) return 'unavailable';
  const key = units[unit];
  return typeof key === 'string' && key !== '' && has(key);
}

/** What a rule whose conditions hold gives to a bucket; `undefined` is a miss. */
function variantFor(outcome: Outcome, bucket: number): string | undefined {
  if (outcome.kind === 'split') return partOf(outcome.parts, bucket)?.variant;
  if (outcome.kind === 'percent' && bucket >= outcome.thousandths) return undefined;
  return outcome.variant;
}

function partOf(parts: readonly SplitPart[], bucket: number): SplitPart | undefined {
  for (const part of parts) {
    for (const [from, to] of part.ranges) {
      if (bucket >= from && bucket < to) return part;
    }
  }
  return undefined;
}

/** The remembered variant, where the rule's share can give it and does not give it anyway. */
function stickTo(
  rule: CompiledRule,
  { variant, reason }: Remembered,
  given: string | undefined,
): Decision | undefined {
  if (variant === given) return undefined;
  const { sticky, continuity } = rule.decisions;
  const kept = reason === 'STICKY' ? sticky : continuity;
  return Object.hasOwn(kept, variant) ? kept[variant] : undefined;
}
