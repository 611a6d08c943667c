/** What a request carries of its decisions: routing headers, decision header, baggage members. */
import {
  DECISION_HEADER,
  formatBaggageMember,
  formatDecision,
  type NamedDecision,
} from '@tinct/core';

/** Each color once, ready to be written where such have been taken away before. */
export interface Colors {
  /** Names and values in turn: the routing headers, then the decision header. */
  readonly headers: readonly string[];
  /** Members of the one `baggage` header. */
  readonly baggage: readonly string[];
}

/** A variant, and all of the decision if all of it is known. */
export type Colored = Omit<NamedDecision, 'revision' | 'epoch'> & {
  readonly revision: number | undefined;
  readonly epoch: number | undefined;
};

interface Texts {
  /** Of the decision header. */
  readonly member: string | undefined;
  readonly baggage: string;
}

/** Decisions are shared between requests, and so are their texts. */
const known = new WeakMap<Colored, Texts>();

const isWhole = (decision: Colored): decision is NamedDecision =>
  decision.revision !== undefined && decision.epoch !== undefined;

function textsOf(decision: Colored): Texts {
  const texts = known.get(decision);
  if (texts !== undefined) return texts;
  const { release, variant } = decision;
  const member = isWhole(decision) ? formatDecision(decision) : undefined;
  const made = { member, baggage: formatBaggageMember(release, variant) };
  known.set(decision, made);
  return made;
}

/** The routing header of a release whose plan names no other. */
export const routingHeader = (release: string): string => `x-tinct-${release}`;

/** `headerOf`: release → its routing header, where that is not the usual one. */
export function colorsOf(
  decisions: readonly Colored[],
  headerOf: ReadonlyMap<string, string>,
): Colors {
  const headers: string[] = [];
  const members: string[] = [];
  const baggage: string[] = [];
  for (const decision of decisions) {
    const { release, variant } = decision;
    headers.push(headerOf.get(release) ?? routingHeader(release), variant);
    const texts = textsOf(decision);
    if (texts.member !== undefined) members.push(texts.member);
    baggage.push(texts.baggage);
  }
  if (members.length > 0) headers.push(DECISION_HEADER, members.join(', '));
  return { headers, baggage };
}
