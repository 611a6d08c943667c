import {
  applicable,
  type CompiledPlan,
  type CompiledRelease,
  type Decision,
  type DecisionContext,
  decide,
  type Unit,
  unitOf,
} from '@tinct/core';
import type { StoredDecision } from '../cookie/content.ts';
import { decidedAhead } from '../cookie/last.ts';
import type { Who } from './identify.ts';
import type { PlanView } from './plan-view.ts';

/** What was decided, and from what. */
export interface Decided {
  /** Those that apply to the request, in the plan's order. */
  readonly releases: readonly CompiledRelease[];
  /** One for each of the releases. */
  readonly decisions: readonly Decision[];
  /** Whom each of the releases decides for. */
  readonly units: readonly (Unit | undefined)[];
  readonly context: DecisionContext;
}

/** Written out: to spread an object of many shapes costs several times as much. */
function contextOf({ units, attributes, memory, carried, overrides }: Who, now: number) {
  const context: { -readonly [Name in keyof DecisionContext]: DecisionContext[Name] } = {
    units,
    now,
  };
  if (attributes !== undefined) context.attributes = attributes;
  if (memory !== undefined) context.memory = memory;
  if (carried !== undefined) context.carried = carried;
  if (overrides !== undefined) context.overrides = overrides;
  return context;
}

/** What a hop of this request decided comes before what was decided for an earlier one. */
function withAhead(
  context: DecisionContext,
  last: readonly StoredDecision[],
  compiled: CompiledPlan | undefined,
): DecisionContext {
  const ahead = last.length === 0 ? undefined : decidedAhead(last, compiled, context);
  return ahead === undefined ? context : { ...context, carried: { ...ahead, ...context.carried } };
}

/**
 * One decision for each release that applies to the request's host and path. `last`: what the visitor's cookie says was
 * decided before, which stands where that was by a newer plan.
 */
export function decideAll(
  { host, path }: { readonly host: string; readonly path: string },
  who: Who,
  { compiled }: Pick<PlanView, 'compiled'>,
  now: number,
  last: readonly StoredDecision[] = [],
): Decided {
  const context = withAhead(contextOf(who, now), last, compiled);
  const releases = compiled === undefined ? [] : applicable(compiled, host, path);
  const decisions = releases.map((release) => decide(release, context));
  const units = releases.map((release) => unitOf(release, context));
  return { releases, decisions, units, context };
}
