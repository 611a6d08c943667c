/** Decisions that a hop before this one made for the same request. */
import { type CarriedDecision, DECISION_HEADER, parseDecisions } from '@tinct/core';
import { rawHeaderValues } from '../identity/headers.ts';

export type CarriedFailure = 'several' | 'malformed';

/** Release → decision, as `DecisionContext.carried` takes it. */
export type Carried = Readonly<Record<string, CarriedDecision>>;

/** What the decision header says. Two of them are an attack or a mistake: none is believed. */
export function readCarried(
  raw: readonly string[],
  failed: (failure: `decision.${CarriedFailure}`) => void,
): Carried | undefined {
  const [text, ...more] = rawHeaderValues(raw)(DECISION_HEADER);
  if (text === undefined) return undefined;
  const carried = more.length > 0 ? undefined : parseDecisions(text);
  if (carried === undefined) failed(more.length > 0 ? 'decision.several' : 'decision.malformed');
  return carried;
}
