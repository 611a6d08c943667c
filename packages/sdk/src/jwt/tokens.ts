/** The tokens of a request, verified. What was verified once is remembered until it ends or the issuer's keys change. */
import type { IdentitySource } from '@tinct/core';
import { cookieValues } from '../identity/cookies.ts';
import type { HeaderValues } from '../identity/headers.ts';
import { ownText } from '../text/own-text.ts';
import { RemoteKeys, type RemoteKeysOptions } from './remote-keys.ts';
import {
  type JwtSource,
  type Verdict,
  type Verified,
  type VerifyOptions,
  verifyToken,
} from './verify.ts';

/** What became of the tokens that a request has, by the source that looks at them. */
export type Verdicts = ReadonlyMap<IdentitySource, Verdict>;

/** `undefined` when the request has no token: then nothing is waited for. */
export type ReadTokens = (headers: HeaderValues) => Verdicts | Promise<Verdicts> | undefined;

export type TokenOptions = VerifyOptions & RemoteKeysOptions;

/** Asymmetric only: whoever can check a MAC can also make one, and a public key must never serve as a MAC's. */
export const ALGORITHMS: readonly string[] = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

export const TOKEN_DEFAULTS = {
  algorithms: ALGORITHMS,
  clockSkewMs: 30_000,
  waitMs: 1000,
  freshMs: 600_000,
  staleMs: 86_400_000,
  cooldownMs: 30_000,
  timeoutMs: 5000,
} as const;

const MAX_REMEMBERED = 4096;
const MAX_REMEMBERED_LENGTH = 4096;
const BEARER = /^bearer +(\S+) *$/i;

/** Another scheme is no token; headers other than Authorization may hold the bare token. */
function tokenIn(name: string, value: string): string | undefined {
  const bearer = BEARER.exec(value)?.[1];
  return bearer ?? (name === 'authorization' ? undefined : value.trim());
}

function tokensOf({ from }: JwtSource, headers: HeaderValues): string[] {
  if ('cookie' in from) return cookieValues(headers, from.cookie);
  const values = headers(from.header);
  // Of several headers each counts, whatever scheme it has: which one the service believes is not to be known.
  if (values.length > 1) return [...values];
  return values.flatMap((value) => tokenIn(from.header, value) ?? []).filter((text) => text !== '');
}

/** Verifies tokens for one plan after another; the issuers' keys outlive each plan. */
export class TokenVerifier {
  readonly #options: TokenOptions;
  readonly #issuers = new Map<string, RemoteKeys>();
  readonly #closing = new AbortController();

  constructor(options: TokenOptions) {
    this.#options = options;
  }

  /** Begins to fetch the keys that a plan needs, so that the first request finds them. */
  reader(identity: readonly IdentitySource[]): ReadTokens {
    const sources = identity.filter((source) => source.kind === 'jwt');
    const checks = sources.map((source) => ({ source, check: this.#checker(source) }));
    if (checks.length === 0) return () => undefined;
    return (headers) => {
      const verdicts = new Map<IdentitySource, Verdict>();
      const waiting: Promise<void>[] = [];
      for (const { source, check } of checks) {
        const verdict = check(tokensOf(source, headers));
        if (verdict instanceof Promise)
          waiting.push(verdict.then((late) => void verdicts.set(source, late)));
        else if (verdict !== undefined) verdicts.set(source, verdict);
      }
      if (waiting.length > 0) return Promise.all(waiting).then(() => verdicts);
      return verdicts.size === 0 ? undefined : verdicts;
    };
  }

  /** Ends what is fetched; a process that closes must not wait for it. */
  close(): void {
    this.#closing.abort();
  }

  #remote(url: string): RemoteKeys {
    const known = this.#issuers.get(url);
    if (known !== undefined) return known;
    const remote = new RemoteKeys(url, this.#options, this.#closing.signal);
    this.#issuers.set(url, remote);
    return remote;
  }

  #checker(source: JwtSource): (tokens: string[]) => Verdict | Promise<Verdict> | undefined {
    const remote = this.#remote(source.jwks);
    remote.current();
    const remembered = new Map<string, Verified>();
    return ([token, ...more]) => {
      if (token === undefined) return undefined;
      if (more.length > 0) return { failure: 'several' };
      const known = remembered.get(token);
      if (known !== undefined && this.#holds(known, remote)) return known;
      remembered.delete(token);
      return verifyToken(token, source, remote, this.#options).then((verdict) => {
        if ('claims' in verdict) remember(remembered, token, verdict);
        return verdict;
      });
    };
  }

  #holds({ claims, keys }: Verified, remote: RemoteKeys): boolean {
    const { now, clockSkewMs } = this.#options;
    return now() < (claims.exp ?? 0) * 1000 + clockSkewMs && remote.current() === keys;
  }
}

function remember(all: Map<string, Verified>, token: string, verdict: Verified): void {
  if (token.length > MAX_REMEMBERED_LENGTH) return;
  const [oldest] = all.size < MAX_REMEMBERED ? [] : all.keys();
  if (oldest !== undefined) all.delete(oldest);
  all.set(ownText(token), verdict);
}
