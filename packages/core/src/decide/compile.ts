/** A plan and its lists become the structures that `decide` walks: sets, functions, frozen decisions. */
import { bucketer } from '../bucket/bucket.ts';
import { compileCondition } from '../conditions/condition.ts';
import { type IdList, listKey } from '../lists/index.ts';
import { comparisonIndex } from '../plan/comparison-rule.ts';
import type { Cohort, Plan, Release, Rule } from '../plan/plan.ts';
import type { CompiledPlan, CompiledRelease, CompiledRule, Membership } from './compiled.ts';
import { outcomeDecisions, releaseDecisions } from './decisions.ts';
import { buildScope } from './scope.ts';

export interface CompileOptions {
  /** {@link listKey} of a list → its ids. A list that is missing ends the evaluation of rules that need it. */
  readonly lists?: ReadonlyMap<string, IdList>;
  /** Release → the epoch that an abort killed, whatever the plan says. */
  readonly killed?: ReadonlyMap<string, number>;
}

/** Compiles a plan. Pure; the result is immutable and may be shared. */
export function compilePlan(plan: Plan, options: CompileOptions = {}): CompiledPlan {
  const releases = Object.values(plan.releases).map((release) =>
    compileRelease(plan, release, options),
  );
  return { plan, revision: plan.revision, releases, scope: buildScope(releases) };
}

function compileRelease(
  plan: Plan,
  release: Release,
  { lists, killed }: CompileOptions,
): CompiledRelease {
  const killedEpoch = killed?.get(release.name) ?? 0;
  const comparison = comparisonRule(release.rules);
  const aborted = release.state === 'aborted' || release.epoch <= killedEpoch;
  return {
    name: release.name,
    header: release.header,
    release,
    plan,
    aborted,
    livingEpoch: aborted ? Math.max(release.epoch, killedEpoch) + 1 : release.epoch,
    variants: routedVariants(release),
    bucketers: release.units.map((type) => ({ type, of: bucketer(release.salt, type) })),
    rules: release.rules.map((rule, i) => ({
      index: i,
      ...compileRule(rule, plan, lists),
      decisions: outcomeDecisions(plan, release, rule.outcome, i, i === comparison),
    })),
    decisions: releaseDecisions(plan, release),
  };
}

function routedVariants({ services }: Release): ReadonlySet<string> {
  const all = services.flatMap(({ subsets }) => Object.keys(subsets));
  const routed = (variant: string) =>
    services.every(({ subsets }) => Object.hasOwn(subsets, variant));
  return new Set(all.filter(routed));
}

function compileRule(
  rule: Rule,
  plan: Plan,
  lists: CompileOptions['lists'],
): Omit<CompiledRule, 'index' | 'decisions'> {
  const cohort = rule.cohort === undefined ? undefined : plan.cohorts[rule.cohort];
  return {
    users: rule.users && new Set(rule.users),
    members: cohort && membership(cohort, lists),
    cohortWhen: cohort?.kind === 'when' ? compileCondition(cohort.condition) : undefined,
    when: rule.when && compileCondition(rule.when),
    outcome: rule.outcome,
  };
}

function membership(cohort: Cohort, lists: CompileOptions['lists']): Membership | undefined {
  if (cohort.kind === 'when') return undefined;
  if (cohort.kind === 'users') {
    const ids = new Set(cohort.users);
    return { unit: cohort.unit, has: (id) => ids.has(id) };
  }
  const list = lists?.get(listKey(cohort.list));
  return { unit: cohort.unit, has: list && ((id) => list.has(id)) };
}

/** The index of the percentage rule whose units are compared: {@link comparisonIndex}. */
export function comparisonRule(rules: readonly Rule[]): number {
  return comparisonIndex(rules, ({ outcome }) => outcome.kind !== 'everyone');
}
