import { BAGGAGE_HEADER, type Decision, joinBaggage } from '@tinct/core';
import { colorsOf, type PlanView } from '@tinct/sdk';
import type { CleanRequest } from './sanitize.ts';

/** A request that carries its decisions: each color exactly once. */
export interface ColoredRequest extends CleanRequest {}

/** Writes routing headers, decision header and baggage into a request from which all such have been taken. */
export function color(
  request: CleanRequest,
  decisions: readonly Decision[],
  { headerOf }: Pick<PlanView, 'headerOf'>,
): ColoredRequest {
  const colors = colorsOf(decisions, headerOf);
  const baggage = joinBaggage(colors.baggage, request.baggage);
  const added = baggage === '' ? colors.headers : [...colors.headers, BAGGAGE_HEADER, baggage];
  // At once, and as long as it will be: an array that grows is copied again and again.
  return { ...request, headers: request.headers.concat(added) };
}
