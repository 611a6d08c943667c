import type { CarriedFailure, CookieFailure, IdentityFailure, OverrideFailure } from '@tinct/sdk';
import { type Ledger, ownLedger, Tally } from './ledger.ts';

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

const FAILURES: readonly Failure[] = [
  'header.several',
  'header.malformed',
  'cookie.several',
  'cookie.malformed',
  'jwt.several',
  'jwt.malformed',
  'jwt.algorithm',
  'jwt.issuer',
  'jwt.audience',
  'jwt.expired',
  'jwt.early',
  'jwt.claim',
  'jwt.key',
  'jwt.signature',
  'jwt.jwks',
  'tinct-cookie.several',
  'tinct-cookie.malformed',
  'tinct-cookie.key',
  'tinct-cookie.signature',
  'tinct-cookie.expired',
  'override.several',
  'override.malformed',
  'override.type',
  'override.algorithm',
  'override.key',
  'override.signature',
  'override.claims',
  'override.expired',
  'decision.several',
  'decision.malformed',
];

export class Failures {
  readonly #counts: Tally<Failure>;

  constructor(ledger: Ledger = ownLedger) {
    this.#counts = new Tally(FAILURES, ledger.row('failures', FAILURES.length));
  }

  readonly add = (failure: Failure): void => {
    this.#counts.add(failure);
  };

  stats(): FailureStats {
    return { failures: this.#counts.all() };
  }
}
