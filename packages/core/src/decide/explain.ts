/** A decision with the whole way to it, rule by rule. */
import { type ConditionTrace, kleeneText, traceCondition } from '../conditions/condition.ts';
import { formatPercent } from '../percent.ts';
import type { Condition, Outcome, Rule } from '../plan/plan.ts';
import type { CompiledRelease } from './compiled.ts';
import { decideTraced } from './decide.ts';
import type { Remembered } from './memory.ts';
import { isMember, usersHold } from './rules.ts';
import type { RuleWalk } from './trace.ts';
import type { Decision, DecisionContext, Unit } from './types.ts';

export type Answer = 'true' | 'false' | 'unknown' | 'unavailable';

/** One condition of a rule and what came out. */
export interface ConditionStep {
  readonly kind: 'users' | 'cohort' | 'when';
  readonly text: string;
  readonly result: Answer;
  readonly inside: readonly ConditionTrace[];
}

/** One rule on the way. */
export interface RuleStep {
  readonly rule: number;
  readonly conditions: readonly ConditionStep[];
  /** What the rule would give, in words. */
  readonly outcome: string;
  readonly bucket: number | undefined;
  readonly remembered: Remembered | undefined;
  readonly result: 'matched' | 'missed' | 'remembered' | 'not-matched' | 'unavailable';
}

export interface Explanation {
  readonly decision: Decision;
  readonly unit: Unit | undefined;
  /** The unit's bucket, where a percentage took part. */
  readonly bucket: number | undefined;
  readonly steps: readonly RuleStep[];
}

/** Decides like `decide`, by the same code, and tells how. */
export function explain(release: CompiledRelease, context: DecisionContext): Explanation {
  const walks: RuleWalk[] = [];
  let unit: Unit | undefined;
  const decision = decideTraced(release, context, {
    unit: (type, key) => {
      unit = { type, key };
    },
    rule: (walk) => walks.push(walk),
  });
  const bucket = walks.find((walk) => walk.bucket !== undefined)?.bucket;
  const steps = walks.map((walk) => toStep(walk, release, context, unit, decision));
  return { decision, unit, bucket, steps };
}

function toStep(
  walk: RuleWalk,
  release: CompiledRelease,
  context: DecisionContext,
  unit: Unit | undefined,
  decision: Decision,
): RuleStep {
  const rule = release.release.rules[walk.rule] as Rule;
  return {
    rule: walk.rule,
    conditions: conditionSteps(rule, walk.rule, release, context, unit),
    outcome: outcomeText(rule.outcome),
    bucket: walk.bucket,
    remembered: walk.remembered,
    result: resultOf(walk, decision),
  };
}

function resultOf({ holds, variant, rule }: RuleWalk, decision: Decision): RuleStep['result'] {
  if (holds === 'unavailable') return 'unavailable';
  if (holds !== true) return 'not-matched';
  const kept = decision.reason === 'STICKY' || decision.reason === 'CONTINUITY';
  if (kept && decision.rule === rule) return 'remembered';
  return variant === undefined ? 'missed' : 'matched';
}

function conditionSteps(
  rule: Rule,
  index: number,
  release: CompiledRelease,
  context: DecisionContext,
  unit: Unit | undefined,
): ConditionStep[] {
  const compiled = release.rules[index];
  const steps: ConditionStep[] = [];
  if (compiled?.users !== undefined && unit !== undefined) {
    const found = usersHold(compiled.users, release, unit.type, unit.key);
    steps.push({
      kind: 'users',
      text: idsText(rule.users ?? []),
      result: found ? 'true' : 'false',
      inside: [],
    });
  }
  if (rule.cohort !== undefined) steps.push(cohortStep(rule.cohort, index, release, context));
  if (rule.when !== undefined) steps.push(whenStep('when', 'when', rule.when, context));
  return steps;
}

function cohortStep(
  name: string,
  index: number,
  release: CompiledRelease,
  context: DecisionContext,
): ConditionStep {
  const members = release.rules[index]?.members;
  const cohort = release.plan.cohorts[name];
  if (cohort?.kind === 'when') return whenStep('cohort', name, cohort.condition, context);
  const found = members === undefined ? 'unavailable' : isMember(members, context);
  return {
    kind: 'cohort',
    text: name,
    result: found === 'unavailable' ? found : kleeneText(found),
    inside: [],
  };
}

function whenStep(
  kind: 'cohort' | 'when',
  text: string,
  condition: Condition,
  context: DecisionContext,
): ConditionStep {
  const trace = traceCondition(condition, context.attributes ?? {});
  return { kind, text, result: trace.result, inside: [trace] };
}

function idsText(ids: readonly string[]): string {
  const shown = ids.slice(0, 5).map((id) => JSON.stringify(id));
  return `${shown.join(', ')}${ids.length > shown.length ? ` and ${ids.length - shown.length} more` : ''}`;
}

/** What a rule gives, as people say it: `5 % → v2`. */
export function outcomeText(outcome: Outcome): string {
  if (outcome.kind === 'everyone') return outcome.variant;
  if (outcome.kind === 'percent')
    return `${formatPercent(outcome.thousandths)} % → ${outcome.variant}`;
  return outcome.parts
    .map(({ variant, thousandths }) => `${formatPercent(thousandths)} % → ${variant}`)
    .join(', ');
}
