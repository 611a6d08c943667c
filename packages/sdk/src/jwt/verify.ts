/** One token against one source of the plan. */
import type { IdentitySource } from '@tinct/core';
import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import type { FetchedKeys, RemoteKeys } from './remote-keys.ts';

export type JwtSource = Extract<IdentitySource, { kind: 'jwt' }>;
export type Claims = Readonly<JWTPayload>;

/** Why a token yields nothing. */
export type TokenFailure =
  /** The request has several. */
  | 'several'
  /** No compact JWS with JSON inside, or too long. */
  | 'malformed'
  | 'algorithm'
  | 'issuer'
  | 'audience'
  | 'expired'
  /** It is not valid yet. */
  | 'early'
  /** A claim that it needs is missing or of another kind. */
  | 'claim'
  /** None of the issuer's keys is the one that it names. */
  | 'key'
  | 'signature'
  /** The issuer's keys are not to be had. */
  | 'jwks';

/** What became of a token. */
export type Verdict = Verified | { readonly failure: TokenFailure };

export interface Verified {
  readonly claims: Claims;
  /** By which it was verified: when they are replaced, it has to be verified again. */
  readonly keys: FetchedKeys;
}

export interface VerifyOptions {
  /** Signature algorithms that are believed. */
  readonly algorithms: readonly string[];
  /** How far the issuer's clock may be off. */
  readonly clockSkewMs: number;
  /** How long a request waits for keys that are not there. */
  readonly waitMs: number;
  readonly now: () => number;
}

/** The longest token that is looked at. */
const MAX_TOKEN = 8192;

interface Peeked {
  readonly alg: string | undefined;
  readonly iss: unknown;
}

function peek(token: string): Peeked | undefined {
  if (token.length > MAX_TOKEN) return undefined;
  try {
    return { alg: decodeProtectedHeader(token).alg, iss: decodeJwt(token).iss };
  } catch {
    return undefined;
  }
}

function failureOf(error: unknown): TokenFailure {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'algorithm';
  if (error instanceof errors.JWKSNoMatchingKey) return 'key';
  if (error instanceof errors.JWKSMultipleMatchingKeys) return 'key';
  if (!(error instanceof errors.JWTClaimValidationFailed)) return 'malformed';
  if (error.claim === 'nbf' && error.reason === 'check_failed') return 'early';
  return error.claim === 'aud' ? 'audience' : error.claim === 'iss' ? 'issuer' : 'claim';
}

async function verdictBy(
  token: string,
  { issuer, audience }: JwtSource,
  keys: FetchedKeys,
  { algorithms, clockSkewMs, now }: VerifyOptions,
): Promise<Verdict> {
  try {
    const { payload } = await jwtVerify(token, keys.find, {
      algorithms: [...algorithms],
      issuer,
      ...(audience === undefined ? {} : { audience }),
      // A token without an end would make its bearer that user for ever.
      requiredClaims: ['exp'],
      clockTolerance: clockSkewMs / 1000,
      currentDate: new Date(now()),
    });
    return { claims: payload, keys };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

/**
 * What a token says, if the issuer signed it. Never rejects. A token of another issuer or algorithm is refused before
 * any key is asked for: strangers cannot make this fetch.
 */
export async function verifyToken(
  token: string,
  source: JwtSource,
  remote: RemoteKeys,
  options: VerifyOptions,
): Promise<Verdict> {
  const peeked = peek(token);
  if (peeked === undefined) return { failure: 'malformed' };
  if (!options.algorithms.includes(peeked.alg ?? '')) return { failure: 'algorithm' };
  if (peeked.iss !== source.issuer) return { failure: 'issuer' };
  const keys = remote.current() ?? (await remote.newer(undefined, options.waitMs));
  if (keys === undefined) return { failure: 'jwks' };
  const verdict = await verdictBy(token, source, keys, options);
  if (!('failure' in verdict) || verdict.failure !== 'key') return verdict;
  // The issuer may have rotated its keys.
  const newer = await remote.newer(keys, options.waitMs);
  return newer === undefined ? verdict : verdictBy(token, source, newer, options);
}
