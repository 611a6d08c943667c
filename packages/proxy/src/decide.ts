import { applicable, type Decision, decide } from '@tinct/core';
import type { Who } from './identify.ts';
import type { PlanView } from './plan-view.ts';
import type { Target } from './target.ts';

/** One decision for each release that applies to the request's host and path. */
export function decideAll(
  { host, path }: Target,
  who: Who,
  { compiled }: PlanView,
  now: number,
): readonly Decision[] {
  if (compiled === undefined) return [];
  const context = { ...who, now };
  return applicable(compiled, host, path).map((release) => decide(release, context));
}
