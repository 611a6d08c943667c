/** What a request carries of its decisions: routing headers, decision header, baggage members. */
import { DECISION_HEADER, type Decision, formatBaggageMember, formatDecision } from '@tinct/core';

/** Each color once, ready to be written where such have been taken away before. */
export interface Colors {
  /** Names and values in turn: the routing headers, then the decision header. */
  readonly headers: readonly string[];
  /** Members of the one `baggage` header. */
  readonly baggage: readonly string[];
}

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

/** `headerOf`: release → its routing header. */
export function colorsOf(
  decisions: readonly Decision[],
  headerOf: ReadonlyMap<string, string>,
): Colors {
  const headers: string[] = [];
  for (const { release, variant } of decisions)
    headers.push(headerOf.get(release) as string, variant);
  const written = decisions.map(textOf);
  if (written.length > 0)
    headers.push(DECISION_HEADER, written.map(({ member }) => member).join(', '));
  return { headers, baggage: written.map(({ baggage }) => baggage) };
}
