import type { DecisionContext } from '@tinct/core';
import {
  type Claims,
  type IdentityFailure,
  rawHeaderValues,
  toMemory,
  type Verdicts,
} from '@tinct/sdk';
import type { PlanView } from './plan-view.ts';
import type { CleanRequest } from './sanitize.ts';
import type { Proof } from './visitor/visitors.ts';

/** Who asks, as far as the plan's sources and the peer's trust can tell. */
export type Who = Omit<DecisionContext, 'now'>;

/** The claims that attributes are read from: of the first source whose token was verified. */
function claimsOf(verdicts: Verdicts | undefined): Claims | undefined {
  for (const verdict of verdicts?.values() ?? []) if ('claims' in verdict) return verdict.claims;
  return undefined;
}

/** Reads identity and attributes from what will be forwarded, so that the service sees the same. */
export function identify(
  { headers }: Pick<CleanRequest, 'headers'>,
  trusted: boolean,
  view: PlanView,
  proof?: Proof,
  failed?: (failure: IdentityFailure) => void,
): Who {
  const values = rawHeaderValues(headers);
  const units = view.readUnits(values, trusted, proof, failed);
  const stored = proof?.visitor.opened?.content.memory ?? [];
  return {
    units,
    attributes: view.readAttributes(values, trusted, claimsOf(proof?.verdicts)),
    ...(stored.length > 0 && { memory: toMemory(stored, units) }),
    ...(proof?.carried && { carried: proof.carried }),
    ...(proof?.overrides && { overrides: proof.overrides }),
  };
}
