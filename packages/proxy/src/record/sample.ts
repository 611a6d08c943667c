/** A bounded table of some keys: those whose hash is low. Which ones is the keys' own, so a key that is in stays in. */

const ALL = 2 ** 32;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a, then the last steps of murmur3: low values must be as likely for any kind of keys. */
export function hashOf(text: string): number {
  let hash = FNV_OFFSET;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

export class HashSample<T> {
  readonly #values = new Map<string, T>();
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

  has(key: string): boolean {
    return hashOf(key) < this.#below;
  }

  get(key: string): T | undefined {
    return this.#values.get(key);
  }

  /** Nothing happens for a key that is not of the sample. */
  set(key: string, value: T): void {
    if (!this.has(key)) return;
    this.#values.set(key, value);
    while (this.#values.size > this.#limit) this.#halve();
  }

  #halve(): void {
    this.#below /= 2;
    for (const [key, value] of this.#values) {
      if (this.has(key)) continue;
      this.#values.delete(key);
      this.#onForgotten(value);
    }
  }
}
