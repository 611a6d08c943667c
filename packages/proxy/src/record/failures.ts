import type { CarriedFailure, CookieFailure, IdentityFailure } from '@tinct/sdk';
import type { OverrideFailure } from '../visitor/overrides.ts';

/** What a request said of itself and was not believed, by source and reason. */
export type Failure =
  | IdentityFailure
  | `tinct-cookie.${CookieFailure}`
  | `override.${OverrideFailure}`
  | `decision.${CarriedFailure}`;

export interface FailureStats {
  /** Every one is there, from 0 on. */
  readonly failures: Readonly<Record<Failure, number>>;
}

const FROM_ZERO: Readonly<Record<Failure, number>> = {
  'header.several': 0,
  'header.malformed': 0,
  'cookie.several': 0,
  'cookie.malformed': 0,
  'jwt.several': 0,
  'jwt.malformed': 0,
  'jwt.algorithm': 0,
  'jwt.issuer': 0,
  'jwt.audience': 0,
  'jwt.expired': 0,
  'jwt.early': 0,
  'jwt.claim': 0,
  'jwt.key': 0,
  'jwt.signature': 0,
  'jwt.jwks': 0,
  'tinct-cookie.several': 0,
  'tinct-cookie.malformed': 0,
  'tinct-cookie.key': 0,
  'tinct-cookie.signature': 0,
  'tinct-cookie.expired': 0,
  'override.several': 0,
  'override.malformed': 0,
  'override.type': 0,
  'override.algorithm': 0,
  'override.key': 0,
  'override.signature': 0,
  'override.claims': 0,
  'override.expired': 0,
  'decision.several': 0,
  'decision.malformed': 0,
};

export class Failures {
  readonly #counts = { ...FROM_ZERO };

  readonly add = (failure: Failure): void => {
    this.#counts[failure] += 1;
  };

  stats(): FailureStats {
    return { failures: { ...this.#counts } };
  }
}
