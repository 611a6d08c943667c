/** The signed cookie's value: `1~<kid>~<payload>~<mac>`. docs/spec/cookie.md is its specification. */
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { type KeySet, secretOf } from '../keys/keyset.ts';
import { type CookieContent, formatContent, parseContent } from './content.ts';
import { fieldsOf } from './digest.ts';

/** The first field of the MAC: what else the same key signs cannot be taken for a cookie. */
const PURPOSE = 'tinct-cookie';
const VERSION = '1';
const SEPARATOR = '~';
/** The longest value, in characters. Browsers refuse a cookie whose name and value are above 4096 bytes. */
export const MAX_COOKIE_VALUE = 3072;

/** Why a cookie is not believed. */
export type CookieFailure =
  /** The request has several of this name. */
  | 'several'
  /** Not of this form, or too long. */
  | 'malformed'
  /** Its key is not in the set. */
  | 'key'
  /** Forged, changed, or made for another name. */
  | 'signature'
  | 'expired';

/** The keys of a set, made ready once: a KeyObject costs a sixth of what raw bytes do. */
export interface MacKeys {
  readonly first: string;
  readonly byKid: ReadonlyMap<string, KeyObject>;
}

export interface OpenedCookie {
  /** The key that signed it. */
  readonly kid: string;
  readonly content: CookieContent;
}

export function macKeys({ keys }: KeySet): MacKeys {
  const byKid = keys.map((key) => [key.kid, createSecretKey(secretOf(key))] as const);
  return { first: keys[0].kid, byKid: new Map(byKid) };
}

function macOf(key: KeyObject, kid: string, name: string, payload: Uint8Array): Buffer {
  return createHmac('sha256', key)
    .update(fieldsOf(PURPOSE, VERSION, kid, name, payload))
    .digest();
}

/** Signs with the first key. Of a content that would be too long the last decisions leave first, then the oldest entries. */
export function sealCookie(content: CookieContent, name: string, keys: MacKeys): string {
  const value = sealed(content, name, keys);
  if (value.length <= MAX_COOKIE_VALUE) return value;
  const less = shortened(content);
  return less === undefined ? value : sealCookie(less, name, keys);
}

function shortened(content: CookieContent): CookieContent | undefined {
  const last = withoutOldest(content.last);
  if (last !== undefined) return { ...content, last };
  const memory = withoutOldest(content.memory);
  return memory && { ...content, memory };
}

function withoutOldest<T extends { readonly at: number }>(all: readonly T[]): T[] | undefined {
  const [oldest] = [...all].sort((a, b) => a.at - b.at);
  return oldest && all.filter((each) => each !== oldest);
}

function sealed(content: CookieContent, name: string, { first, byKid }: MacKeys): string {
  const payload = Buffer.from(formatContent(content), 'utf8');
  const mac = macOf(byKid.get(first) as KeyObject, first, name, payload);
  return [VERSION, first, payload.toString('base64url'), mac.toString('base64url')].join(SEPARATOR);
}

/** What one of the keys signed for a cookie of this name, if it has not ended. Never throws. */
export function openCookie(
  value: string,
  name: string,
  keys: MacKeys,
  now: number,
): OpenedCookie | CookieFailure {
  if (value.length > MAX_COOKIE_VALUE) return 'malformed';
  const [version, kid = '', payloadText = '', macText = '', ...rest] = value.split(SEPARATOR);
  const [payload, mac] = [bytesOf(payloadText), bytesOf(macText)];
  if (version !== VERSION || rest.length > 0 || !payload || !mac) return 'malformed';
  const key = keys.byKid.get(kid);
  if (key === undefined) return 'key';
  const expected = macOf(key, kid, name, payload);
  if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) return 'signature';
  const content = parseContent(payload.toString('utf8'));
  if (content === undefined) return 'malformed';
  return content.expires * 1000 > now ? { kid, content } : 'expired';
}

/** Exactly as base64url writes bytes: Buffer would pass over what it does not understand. */
function bytesOf(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return text !== '' && bytes.toString('base64url') === text ? bytes : undefined;
}
