/** The secret keys that sign what Tinct hands out: a JWK Set (RFC 7517) of 256-bit `oct` keys for HS256. */
import { randomBytes } from 'node:crypto';
import { TinctError } from '@tinct/core';

/** HS256 needs a key as long as its hash; longer ones add nothing. */
const KEY_BYTES = 32;
const BASE64URL = /^[A-Za-z0-9_-]*$/;
const KID = /^[A-Za-z0-9._-]{1,64}$/;

/** A secret key as its JWK has it. */
export interface SigningKey {
  readonly kty: 'oct';
  readonly use: 'sig';
  readonly alg: 'HS256';
  readonly kid: string;
  /** The key, base64url. */
  readonly k: string;
}

/** Never empty. The first key signs; each of them verifies. */
export interface KeySet {
  readonly keys: readonly [SigningKey, ...SigningKey[]];
}

/** A new key from the system's randomness. */
export function generateKey(): SigningKey {
  return {
    kty: 'oct',
    use: 'sig',
    alg: 'HS256',
    kid: randomBytes(9).toString('base64url'),
    k: randomBytes(KEY_BYTES).toString('base64url'),
  };
}

/** A new key signs from now on; what the older ones signed still holds. */
export function rotate(older: KeySet, key: SigningKey): KeySet {
  return { keys: [key, ...older.keys] };
}

/** The text of a key file. */
export function formatKeySet({ keys }: KeySet): string {
  return `${JSON.stringify({ keys }, null, 2)}\n`;
}

/** The bytes of a key. */
export function secretOf({ k }: SigningKey): Uint8Array {
  return Buffer.from(k, 'base64url');
}

function refuse(file: string, why: string): never {
  throw new TinctError('TINCT_KEYS_MALFORMED', `${file}: ${why}`);
}

/** Reads a key file. Throws a TinctError; no message ever quotes the text. */
export function parseKeySet(text: string, file = 'keys'): KeySet {
  const value = json(text, file);
  const keys = isObject(value) ? value['keys'] : undefined;
  if (!Array.isArray(keys)) return refuse(file, 'it is no JWK Set: there is no list `keys`');
  const [first, ...rest] = keys.map((key, i) => parseKey(key, `${file}: keys[${i}]`));
  if (first === undefined) return refuse(file, 'it holds no key');
  const names = new Set([first, ...rest].map(({ kid }) => kid));
  if (names.size < keys.length) return refuse(file, 'two keys have the same `kid`');
  return { keys: [first, ...rest] };
}

// The parser's own message would quote the text, and a secret does not belong in logs.
function json(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return refuse(file, 'it is not JSON');
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseKey(value: unknown, at: string): SigningKey {
  if (!isObject(value)) return refuse(at, 'it is no object');
  const { kty, use = 'sig', alg, kid, k } = value;
  if (kty !== 'oct' || alg !== 'HS256' || use !== 'sig')
    return refuse(at, 'it is no `oct` key with `alg` HS256 for `use` sig');
  if (typeof kid !== 'string' || !KID.test(kid))
    return refuse(at, 'its `kid` is missing, or is not 1 to 64 letters, digits, `.`, `_` or `-`');
  if (typeof k !== 'string' || !isSecret(k))
    return refuse(at, `its \`k\` is not ${KEY_BYTES} bytes or more in base64url`);
  return { kty, use, alg, kid, k };
}

/** Exactly how base64url writes enough bytes: Buffer would pass over what it does not understand. */
function isSecret(k: string): boolean {
  const bytes = Buffer.from(k, 'base64url');
  return BASE64URL.test(k) && bytes.length >= KEY_BYTES && bytes.toString('base64url') === k;
}
