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
