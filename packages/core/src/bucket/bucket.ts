/**
 * A unit's bucket: `floor(murmur3_x86_32(fields) * 100000 / 2^32)`, as docs/spec/bucketing.md has it.
 *
 * Fields, each as a 32-bit little-endian byte length and its UTF-8 bytes:
 * scheme version ("1"), salt, purpose, unit type, targeting key.
 */
import {
  MURMUR3_START,
  type Murmur3State,
  murmur3Digest,
  murmur3DigestAsciiField,
  murmur3Update,
} from './murmur3.ts';
import { encodeUtf8 } from './utf8.ts';

/** How many buckets there are: one per thousandth of a percent. */
export const BUCKETS = 100_000;
/** The first field: another way of hashing would be another version. */
export const SCHEME_VERSION = '1';
/** The purpose of the bucket that decides percentages and splits. */
export const PURPOSE_ASSIGN = 'assign';

const TWO_POW_32 = 2 ** 32;

/** Hashes the keys of one release and unit type; made once, when the plan is compiled. */
export type Bucketer = Murmur3State;

function field(state: Murmur3State, bytes: Uint8Array): Murmur3State {
  const { length } = bytes;
  const prefix = Uint8Array.of(length, length >>> 8, length >>> 16, length >>> 24);
  return murmur3Update(murmur3Update(state, prefix), bytes);
}

function textField(state: Murmur3State, text: string): Murmur3State {
  const bytes = encodeUtf8(text);
  if (bytes === undefined) throw new RangeError('a lone surrogate cannot be hashed');
  return field(state, bytes);
}

/** The state after everything but the targeting key. Throws a RangeError on lone surrogates. */
export function bucketer(salt: string, unitType: string, purpose = PURPOSE_ASSIGN): Bucketer {
  return [SCHEME_VERSION, salt, purpose, unitType].reduce(textField, MURMUR3_START);
}

/** 32-bit hash → bucket, exact in double precision (the product stays below 2^49). */
export function hashToBucket(hash: number): number {
  return Math.floor((hash * BUCKETS) / TWO_POW_32);
}

/** The bucket of a targeting key, 0 … 99 999; -1 for a key with a lone surrogate. */
export function bucketOf(of: Bucketer, key: string): number {
  const hash = murmur3DigestAsciiField(of, key);
  if (hash >= 0) return hashToBucket(hash);
  const bytes = encodeUtf8(key);
  return bytes === undefined ? -1 : hashToBucket(murmur3Digest(field(of, bytes)));
}
