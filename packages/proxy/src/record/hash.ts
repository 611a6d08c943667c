/** Hashes by which units are sampled and told apart: their low values must be as likely for any kind of keys. */
import type { Unit } from '@tinct/core';

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** One more piece of text, after what was mixed in before. */
function mixed(before: number, text: string): number {
  let hash = before;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  return hash;
}

function finished(mix: number): number {
  let hash = Math.imul(mix ^ (mix >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** FNV-1a, then the last steps of murmur3: low values must be as likely for any kind of keys. 32 bits. */
export const hashOf = (text: string): number => finished(mixed(FNV_OFFSET, text));

/**
 * The hash of a unit, as of the text `<type> <key>`: no such text is made. `from`: another beginning gives another hash,
 * by which two units can be told apart that have one in common.
 */
export const hashOfUnit = ({ type, key }: Unit, from = FNV_OFFSET): number =>
  finished(mixed(mixed(mixed(from, type), ' '), key));
