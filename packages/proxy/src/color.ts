import {
  BAGGAGE_HEADER,
  DECISION_HEADER,
  type Decision,
  formatBaggageMember,
  formatDecision,
  joinBaggage,
} from '@tinct/core';
import type { PlanView } from './plan-view.ts';
import type { CleanRequest } from './sanitize.ts';

/** A request that carries its decisions: each color exactly once. */
export interface ColoredRequest extends CleanRequest {}

/** Decisions are shared between requests, and so are their texts. */
const texts = new WeakMap<Decision, { readonly member: string; readonly baggage: string }>();

function textOf(decision: Decision) {
  const known = texts.get(decision);
  if (known !== undefined) return known;
  const { release, variant } = decision;
  const text = { member: formatDecision(decision), baggage: formatBaggageMember(release, variant) };
  texts.set(decision, text);
  return text;
}

/** Writes routing headers, decision header and baggage into a request from which all such have been taken. */
export function color(
  request: CleanRequest,
  decisions: readonly Decision[],
  { headerOf }: PlanView,
): ColoredRequest {
  const headers = [...request.headers];
  for (const { release, variant } of decisions)
    headers.push(headerOf.get(release) as string, variant);
  const written = decisions.map(textOf);
  if (written.length > 0)
    headers.push(DECISION_HEADER, written.map(({ member }) => member).join(', '));
  const baggage = joinBaggage(
    written.map((text) => text.baggage),
    request.baggage,
  );
  if (baggage !== '') headers.push(BAGGAGE_HEADER, baggage);
  return { ...request, headers };
}
