/** Tinct's pure engine: a plan is parsed, compiled once, and decides each request. No I/O, clock or randomness. */
export {
  BUCKETS,
  type Bucketer,
  bucketer,
  bucketOf,
  hashToBucket,
  SCHEME_VERSION,
} from './bucket/bucket.ts';
export {
  BAGGAGE_HEADER,
  BAGGAGE_PREFIX,
  foreignBaggage,
  formatBaggageMember,
  isBaggageColor,
  joinBaggage,
  readBaggageColors,
} from './carriers/baggage.ts';
export {
  DECISION_HEADER,
  formatDecision,
  formatDecisions,
  type NamedDecision,
  parseDecisions,
} from './carriers/decision.ts';
export { canonicalName } from './carriers/header-name.ts';
export { patternFault, wholeMatch } from './conditions/comparison.ts';
export { type Attributes, type ConditionTrace, traceCondition } from './conditions/condition.ts';
export { parseDuration, parseTime } from './conditions/time.ts';
export { type CompileOptions, comparisonRule, compilePlan } from './decide/compile.ts';
export type { CompiledPlan, CompiledRelease, CompiledRule } from './decide/compiled.ts';
export { decide, unitOf } from './decide/decide.ts';
export {
  type ConditionStep,
  type Explanation,
  explain,
  outcomeText,
  type RuleStep,
} from './decide/explain.ts';
export { remember } from './decide/memory.ts';
export { MAX_OVERRIDE_MS } from './decide/precedence.ts';
export { REASONS, type Reason } from './decide/reason.ts';
export { applicable, normalizeHost } from './decide/scope.ts';
export type {
  Arm,
  AttributeValue,
  CarriedDecision,
  Decision,
  DecisionContext,
  Detail,
  MemoryEntry,
  Override,
  Unit,
} from './decide/types.ts';
export {
  ERRORS,
  type ErrorCode,
  type ErrorEntry,
  type Finding,
  finding,
  formatFinding,
  formatPath,
  type Level,
  TinctError,
  whyUnreadable,
} from './errors.ts';
export * from './lists/index.ts';
export { formatPercent, parsePercent } from './percent.ts';
export { type Acceptance, acceptPlan, samePlan } from './plan/accept.ts';
export { type Change, type Changed, type ChangeOptions, changePlan } from './plan/change.ts';
export { RESERVED as RESERVED_NAMES } from './plan/check/draft.ts';
export { diffPlans, type PlanDiff, type ReleaseDiff, ruleText } from './plan/diff.ts';
export { type Move, movement, type PopulationMovement, widens } from './plan/movement.ts';
export { hasErrors, type ParsedPlan, type ParseOptions, parsePlan } from './plan/parse.ts';
export { placed } from './plan/placed.ts';
export { Places } from './plan/places.ts';
export { formatOf } from './plan/resolve.ts';
export {
  type AttributeDocument,
  type ConditionDocument,
  type IdentityDocument,
  type PlanDocument,
  planJsonSchema,
  type ReleaseDocument,
  type RuleDocument,
  type SplitDocument,
} from './plan/schema.ts';
export { type Path, type Read, readSource, type Source } from './plan/source.ts';
export { type Edit, splice, type Written } from './plan/splice.ts';
export { reallocate } from './plan/split.ts';
export { nearestNames, suggestion } from './plan/suggest.ts';
export { valueAt } from './plan/tree.ts';
export * from './watching.ts';
