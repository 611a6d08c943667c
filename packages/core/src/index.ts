export {
  BAGGAGE_HEADER,
  BAGGAGE_PREFIX,
  foreignBaggage,
  formatBaggageMember,
  joinBaggage,
} from './carriers/baggage.ts';
export {
  DECISION_HEADER,
  formatDecision,
  formatDecisions,
  parseDecisions,
} from './carriers/decision.ts';
export { REASONS, type Reason } from './decide/reason.ts';
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
export type * from './plan/plan.ts';
