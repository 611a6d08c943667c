/** Who may ask: the gateway, and nobody else, because what it is told mints cookies. */
import { type Ledger, ownLedger, Tally } from '../record/ledger.ts';
import { secretCheck } from '../secret.ts';

/** Carries the shared secret: a header of the check in HTTP, metadata of the call in gRPC. */
export const SECRET_HEADER = 'x-tinct-gateway';

/** What a check shows of where it comes from. */
export interface Credentials {
  /** All values of {@link SECRET_HEADER}. */
  readonly secrets: readonly string[];
  /** Whether its connection has a certificate of the gateways' authority. */
  readonly isCertified: boolean;
}

export interface GuardStats {
  /** Checks and connections that were not a gateway's. */
  readonly strangers: number;
}

export class GatewayGuard {
  readonly #needsCertificate: boolean;
  #isSecret: (shown: string | undefined) => boolean;
  #hasSecrets: boolean;
  readonly #counts: Tally<'strangers'>;

  /** What is configured is needed: certificate, one of the secrets, or both. */
  constructor(secrets: readonly string[], needsCertificate: boolean, ledger: Ledger = ownLedger) {
    this.#counts = new Tally(['strangers'], ledger.row('guard', 1));
    this.#needsCertificate = needsCertificate;
    this.#hasSecrets = secrets.length > 0;
    this.#isSecret = secretCheck(secrets);
  }

  /** Whether who is let in has shown a secret. */
  get hasSecrets(): boolean {
    return this.#hasSecrets;
  }

  stats(): GuardStats {
    return this.#counts.all();
  }

  /** From now on these are the secrets. */
  use(secrets: readonly string[]): void {
    this.#hasSecrets = secrets.length > 0;
    this.#isSecret = secretCheck(secrets);
  }

  /** Counts those that are not let in. */
  admits({ secrets: [shown, ...more], isCertified }: Credentials): boolean {
    const hasSecret = more.length === 0 && this.#isSecret(shown);
    const admitted = (isCertified || !this.#needsCertificate) && (hasSecret || !this.#hasSecrets);
    if (!admitted) this.turnAway();
    return admitted;
  }

  /** Counts a connection that is closed before it asks. */
  turnAway(): void {
    this.#counts.add('strangers');
  }
}
