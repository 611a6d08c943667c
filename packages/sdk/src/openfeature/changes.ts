/** Which releases a new plan decides otherwise. */
import type { CompiledPlan, CompiledRelease } from '@tinct/core';

/** Everything of a release that may change what it decides, beside its lists. */
const textOf = (release: CompiledRelease | undefined): string =>
  release === undefined ? '' : JSON.stringify([release.release, release.aborted]);

function cohortsOf(compiled: CompiledPlan | undefined): string {
  return JSON.stringify(compiled?.plan.cohorts ?? {});
}

/** By name, in order. A change of cohorts may concern every release that has a rule for one. */
export function changedReleases(
  before: CompiledPlan | undefined,
  after: CompiledPlan | undefined,
): string[] {
  const all = [...(before?.releases ?? []), ...(after?.releases ?? [])];
  const names = [...new Set(all.map(({ name }) => name))].sort();
  const find = (plan: CompiledPlan | undefined, name: string) =>
    plan?.releases.find((release) => release.name === name);
  const areOthers = cohortsOf(before) !== cohortsOf(after);
  return names.filter((name) => {
    const now = find(after, name);
    const hasCohort = now?.release.rules.some(({ cohort }) => cohort !== undefined) ?? false;
    return textOf(find(before, name)) !== textOf(now) || (areOthers && hasCohort);
  });
}
