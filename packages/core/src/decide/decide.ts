/**
 * A request's version of one release.
 *
 * Precedence: abort → override → carried → the rules in their order, with memory at percentages → stable.
 */
import { bucketOf } from '../bucket/bucket.ts';
import type { CompiledRelease } from './compiled.ts';
import {
  carriedDecision,
  carriedOf,
  carriedStands,
  overrideHolds,
  overrideOf,
} from './precedence.ts';
import { decideByRules } from './rules.ts';
import type { Recorder } from './trace.ts';
import type { Decision, DecisionContext, Detail, Unit } from './types.ts';

/** Decides. Pure, and allocates nothing on the way that rules, percentages and cohorts take. */
export function decide(release: CompiledRelease, context: DecisionContext): Decision {
  return decideTraced(release, context, undefined);
}

/** {@link decide}, writing each step down when there is a recorder. */
export function decideTraced(
  release: CompiledRelease,
  context: DecisionContext,
  recorder: Recorder | undefined,
): Decision {
  const carried = carriedOf(release, context);
  const stands = carried !== undefined && carriedStands(release, carried);
  if (release.aborted && !stands) return release.decisions.disabled;
  const override = overrideOf(release, context);
  if (override !== undefined && !release.aborted && overrideHolds(release, override, context.now)) {
    return release.decisions.override[override.variant] as Decision;
  }
  if (stands) return carriedDecision(release, carried);
  const refused =
    override !== undefined
      ? 'override-refused'
      : carried !== undefined
        ? 'carried-refused'
        : undefined;
  const decision = decideByPlan(release, context, recorder);
  return refused === undefined ? decision : withDetail(decision, refused);
}

function withDetail(decision: Decision, detail: Detail): Decision {
  return decision.detail === undefined ? { ...decision, detail } : decision;
}

function decideByPlan(
  release: CompiledRelease,
  context: DecisionContext,
  recorder: Recorder | undefined,
): Decision {
  const { decisions, rules } = release;
  if (release.release.state === 'completed' || rules.length === 0) return decisions.static;
  for (const { type, of } of release.bucketers) {
    const key = unitKey(context, type);
    if (key === undefined) continue;
    const bucket = bucketOf(of, key);
    if (bucket < 0) return decisions.unitMalformed;
    recorder?.unit(type, key);
    return decideByRules(release, context, type, key, bucket, recorder);
  }
  return decisions.unitMissing;
}

/** A unit's targeting key; an empty one is none. */
function unitKey({ units }: DecisionContext, type: string): string | undefined {
  const key = units[type];
  return typeof key === 'string' && key !== '' ? key : undefined;
}

/** The unit that a release decides for in this context, if there is one. */
export function unitOf(release: CompiledRelease, context: DecisionContext): Unit | undefined {
  for (const { type } of release.bucketers) {
    const key = unitKey(context, type);
    if (key !== undefined) return { type, key };
  }
  return undefined;
}
