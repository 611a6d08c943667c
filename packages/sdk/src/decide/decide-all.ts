import {
  applicable,
  type CompiledRelease,
  type Decision,
  type DecisionContext,
  decide,
} from '@tinct/core';
import type { Who } from './identify.ts';
import type { PlanView } from './plan-view.ts';

/** What was decided, and from what. */
export interface Decided {
  /** Those that apply to the request, in the plan's order. */
  readonly releases: readonly CompiledRelease[];
  /** One for each of the releases. */
  readonly decisions: readonly Decision[];
  readonly context: DecisionContext;
}

/** One decision for each release that applies to the request's host and path. */
export function decideAll(
  { host, path }: { readonly host: string; readonly path: string },
  who: Who,
  { compiled }: Pick<PlanView, 'compiled'>,
  now: number,
): Decided {
  const context = { ...who, now };
  const releases = compiled === undefined ? [] : applicable(compiled, host, path);
  return { releases, decisions: releases.map((release) => decide(release, context)), context };
}
