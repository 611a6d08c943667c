/** Hashes by which units are sampled and told apart: their low values must be as likely for any kind of keys. */
import type { Unit } from '@tinct/core';

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
/** Another beginning gives another hash. */
const OTHER_OFFSET = 0x9e3779b9;
const SPACE = 0x20;
/** Beside the 32 bits of a hash a number has room for so many of another. */
const BESIDE = 2 ** 20;

function finished(mix: number): number {
  let hash = Math.imul(mix ^ (mix >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** FNV-1a, then the last steps of murmur3: low values must be as likely for any kind of keys. 32 bits. */
export function hashOf(text: string): number {
  let hash = FNV_OFFSET;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  return finished(hash);
}

/** What stands for a unit: {@link hashIn} it, and beside it 20 bits of another one, by which those are told apart that have it in common. */
export type UnitPrint = number;

/** Of the text `<type> <key>`, which is walked once and never made. */
export function printOf({ type, key }: Unit): UnitPrint {
  let [hash, other] = [FNV_OFFSET, OTHER_OFFSET];
  for (let i = 0; i < type.length; i += 1) {
    const code = type.charCodeAt(i);
    hash = Math.imul(hash ^ code, FNV_PRIME);
    other = Math.imul(other ^ code, FNV_PRIME);
  }
  hash = Math.imul(hash ^ SPACE, FNV_PRIME);
  other = Math.imul(other ^ SPACE, FNV_PRIME);
  for (let i = 0; i < key.length; i += 1) {
    const code = key.charCodeAt(i);
    hash = Math.imul(hash ^ code, FNV_PRIME);
    other = Math.imul(other ^ code, FNV_PRIME);
  }
  return besides(finished(hash), finished(other));
}

/** A print of a hash and, beside it, of another. */
export const besides = (hash: number, other: number): UnitPrint => hash * BESIDE + (other % BESIDE);

/** The hash in a unit's print, 32 bits: {@link hashOf} the text. */
export const hashIn = (print: UnitPrint): number => Math.floor(print / BESIDE);

/** The unit's print for one of several that have units of their own. */
export const salted = (print: UnitPrint, salt: number): UnitPrint =>
  besides((hashIn(print) ^ salt) >>> 0, print % BESIDE);
