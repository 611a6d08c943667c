/** Override tokens: an authorised tester's wish, signed. docs/spec/override.md is their specification. */
import { randomUUID } from 'node:crypto';
import { LABEL, MAX_OVERRIDE_MS, type Override, TinctError } from '@tinct/core';
import { CompactSign, compactVerify, decodeProtectedHeader, errors } from 'jose';
import { type KeySet, secretOf } from './keyset.ts';

/** The `typ` of an override token: no other token that the same key signs can be taken for one. */
export const OVERRIDE_TYPE = 'tinct-override+jwt';
/** The query parameter of links that bring a token. */
export const OVERRIDE_PARAMETER = 'tinct-override';
/** The longest token that is looked at. */
const MAX_TOKEN = 2048;
const ALGORITHM = 'HS256';

/** What a token's payload says. Times are seconds since the epoch. */
export interface OverrideClaims {
  readonly release: string;
  readonly variant: string;
  readonly epoch: number;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
}

export interface SignedOverride {
  readonly token: string;
  readonly kid: string;
  readonly claims: OverrideClaims;
}

/** Why a token is refused. */
export type OverrideRefusal =
  /** No compact JWS, or too long. */
  | 'malformed'
  /** Signed for something else. */
  | 'type'
  | 'algorithm'
  /** Its key is not in the set. */
  | 'key'
  | 'signature'
  /** Its claims are not those of an override, or it lasts too long. */
  | 'claims';

/** Signs an override with the first key. Throws a TinctError when it would not end within 24 hours. */
export async function signOverride(
  wish: Override,
  { keys: [key] }: KeySet,
  now: number,
): Promise<SignedOverride> {
  const { release, variant, epoch, expires } = wish;
  const claims: OverrideClaims = {
    release,
    variant,
    epoch,
    iat: Math.floor(now / 1000),
    exp: Math.floor(expires / 1000),
    jti: randomUUID(),
  };
  if (!endsInTime(claims)) {
    throw new TinctError('TINCT_OVERRIDE_LIFETIME', 'an override lasts from a second to 24 hours');
  }
  const token = await new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: ALGORITHM, kid: key.kid, typ: OVERRIDE_TYPE })
    .sign(secretOf(key));
  return { token, kid: key.kid, claims };
}

/**
 * What a token asks for, if one of the keys signed it. Whether it holds now (release, epoch, time) is for core's
 * `decide` to say. Never throws.
 */
export async function verifyOverride(
  token: string,
  keys: KeySet,
): Promise<Override | OverrideRefusal> {
  if (token.length > MAX_TOKEN) return 'malformed';
  const header = headerOf(token);
  if (header === undefined) return 'malformed';
  if (header.typ !== OVERRIDE_TYPE) return 'type';
  if (header.alg !== ALGORITHM) return 'algorithm';
  const key = keys.keys.find(({ kid }) => kid === header.kid);
  if (key === undefined) return 'key';
  const payload = await payloadOf(token, secretOf(key));
  return typeof payload === 'string' ? payload : (overrideOf(payload) ?? 'claims');
}

function headerOf(token: string) {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return undefined;
  }
}

async function payloadOf(
  token: string,
  secret: Uint8Array,
): Promise<Uint8Array | 'malformed' | 'signature'> {
  try {
    const { payload } = await compactVerify(token, secret, { algorithms: [ALGORITHM] });
    return payload;
  } catch (error) {
    return error instanceof errors.JWSSignatureVerificationFailed ? 'signature' : 'malformed';
  }
}

function overrideOf(payload: Uint8Array): Override | undefined {
  const claims = claimsOf(payload);
  if (claims === undefined || !isOverride(claims) || !endsInTime(claims)) return undefined;
  const { release, variant, epoch, exp } = claims;
  return { release, variant, epoch, expires: exp * 1000 };
}

function claimsOf(payload: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isOverride(claims: object): claims is Omit<OverrideClaims, 'jti'> {
  const { release, variant, epoch, iat, exp } = claims as Partial<Record<string, unknown>>;
  const label = (name: unknown) => typeof name === 'string' && LABEL.test(name);
  const counter = (value: unknown) => Number.isSafeInteger(value) && (value as number) > 0;
  return label(release) && label(variant) && [epoch, iat, exp].every(counter);
}

/** A key holder's slip must not become a token that waits for years. */
function endsInTime({ iat, exp }: Pick<OverrideClaims, 'iat' | 'exp'>): boolean {
  return exp > iat && (exp - iat) * 1000 <= MAX_OVERRIDE_MS;
}
