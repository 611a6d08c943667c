/** A bounded table of some keys: those whose hash is low. Which ones is the keys' own, so a key that is in stays in. */
import type { Unit } from '@tinct/core';

const ALL = 2 ** 32;
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

export class HashSample<T> {
  /** By hashes as signed numbers: those are no objects to the engine. */
  readonly #values = new Map<number, T>();
  readonly #limit: number;
  readonly #onForgotten: (value: T) => void;
  #below = ALL;

  /** At most `limit` keys; `onForgotten` hears of those that leave for lack of space. */
  constructor(limit: number, onForgotten: (value: T) => void = () => {}) {
    this.#limit = limit;
    this.#onForgotten = onForgotten;
  }

  /** The share of all keys that are in it. */
  get share(): number {
    return this.#below / ALL;
  }

  get size(): number {
    return this.#values.size;
  }

  /** `hash`: a key's, of 32 bits. Keys with the same hash are the same here. */
  has(hash: number): boolean {
    return hash < this.#below;
  }

  get(hash: number): T | undefined {
    return this.#values.get(hash | 0);
  }

  /** Nothing happens for a key that is not of the sample. */
  set(hash: number, value: T): void {
    if (!this.has(hash)) return;
    this.#values.set(hash | 0, value);
    while (this.#values.size > this.#limit) this.#halve();
  }

  #halve(): void {
    this.#below /= 2;
    for (const [hash, value] of this.#values) {
      if (this.has(hash >>> 0)) continue;
      this.#values.delete(hash);
      this.#onForgotten(value);
    }
  }
}
