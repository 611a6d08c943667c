/**
 * What was worked out of texts that come again, within a bound: the least recently used half is forgotten at once. Two
 * generations take the place of a list in the order of use, which each hit would have to write to.
 */
export class Known<Value> {
  readonly #half: number;
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();
  #weight = 0;

  /** `limit`: the sum of the weights that it holds at most. */
  constructor(limit: number) {
    this.#half = limit / 2;
  }

  /** How many it holds; those that have moved to the young half count twice. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** `weight` as it was when the value was set. */
  get(text: string, weight: number): Value | undefined {
    const young = this.#young.get(text);
    if (young !== undefined) return young;
    const old = this.#old.get(text);
    if (old !== undefined) this.set(text, old, weight);
    return old;
  }

  /** Of a text that is not held. */
  set(text: string, value: Value, weight: number): void {
    if (this.#weight + weight > this.#half) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#weight = 0;
    }
    this.#weight += weight;
    this.#young.set(text, value);
  }
}
