import type { DecisionContext } from '@tinct/core';
import { toMemory } from '../cookie/memory.ts';
import type { OpenedCookie } from '../cookie/seal.ts';
import type { HeaderValues } from '../identity/headers.ts';
import type { IdentityFailure, Proven } from '../identity/identity.ts';
import type { Verdicts } from '../jwt/tokens.ts';
import type { Claims } from '../jwt/verify.ts';
import type { PlanView } from './plan-view.ts';

/** What of a request is signed or carried, checked before anybody is identified. */
export interface Proofs extends Proven {
  /** The visitor's cookie, if it is believed. */
  readonly opened?: OpenedCookie | undefined;
  readonly overrides?: DecisionContext['overrides'] | undefined;
  /** What a hop that is trusted for it decided before. */
  readonly carried?: DecisionContext['carried'] | undefined;
}

/** Who asks, as far as the plan's sources and the peer's trust can tell. */
export type Who = Omit<DecisionContext, 'now'>;

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/** The claims that attributes are read from: of the first source whose token was verified. */
function claimsOf(verdicts: Verdicts | undefined): Claims | undefined {
  if (verdicts === undefined) return undefined;
  for (const verdict of verdicts.values()) if ('claims' in verdict) return verdict.claims;
  return undefined;
}

/** Reads identity and attributes by the plan. `trusted`: whether the peer is believed where the plan says `trust: hops`. */
export function identify(
  headers: HeaderValues,
  trusted: boolean,
  view: Pick<PlanView, 'readUnits' | 'readAttributes'>,
  proofs: Proofs = {},
  failed?: (failure: IdentityFailure) => void,
): Who {
  const { opened, verdicts, carried, overrides } = proofs;
  const units = view.readUnits(headers, trusted, proofs, failed);
  const stored = opened?.content.memory;
  const who: Mutable<Who> = {
    units,
    attributes: view.readAttributes(headers, trusted, claimsOf(verdicts)),
  };
  if (stored !== undefined && stored.length > 0) who.memory = toMemory(stored, units);
  if (carried !== undefined) who.carried = carried;
  if (overrides !== undefined) who.overrides = overrides;
  return who;
}
