import { Fingerprinter } from './fingerprint.ts';
import { FingerprintList } from './list.ts';
import {
  CHUNK,
  COUNT_BITS,
  type Collected,
  indexInSteps,
  type Steps,
  sortInSteps,
} from './sort.ts';
import { HIGH, LOW } from './words.ts';

/** The most ids that a list may hold, duplicates included: 0.8 to 0.95 GB of memory. */
export const MAX_LIST_IDS = 100_000_000;

/** Makes a {@link FingerprintList} of the ids that are added. */
export class FingerprintBuilder {
  readonly #sha256: string;
  readonly #of: Fingerprinter;
  readonly #limit: number;
  readonly #chunks: Uint32Array[] = [];
  readonly #counts = new Float64Array(1 << COUNT_BITS);
  #size = 0;
  #built = false;

  /** Throws a RangeError when the digest is not 64 hexadecimal digits in lower case. */
  constructor(sha256: string, limit = MAX_LIST_IDS) {
    this.#sha256 = sha256;
    this.#limit = limit;
    this.#of = new Fingerprinter(sha256);
  }

  /** How many ids were added, duplicates included. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds an id; false for what no list can hold: an empty id, one with a lone surrogate, one above
   * `MAX_ID_BYTES`. Throws a RangeError when the limit is reached.
   */
  add(id: string): boolean {
    if (!this.#of.hash(id)) return false;
    if (this.#size >= this.#limit) throw new RangeError(`a list has at most ${this.#limit} ids`);
    this.#append((this.#of.halves[0] ?? 0) >>> 0, (this.#of.halves[1] ?? 0) >>> 0);
    return true;
  }

  #append(low: number, high: number): void {
    const at = this.#size % CHUNK;
    if (at === 0) this.#chunks.push(new Uint32Array(CHUNK * 2));
    const chunk = this.#chunks[this.#chunks.length - 1] as Uint32Array;
    chunk[at * 2 + LOW] = low;
    chunk[at * 2 + HIGH] = high;
    const lead = high >>> (32 - COUNT_BITS);
    this.#counts[lead] = (this.#counts[lead] ?? 0) + 1;
    this.#size++;
  }

  /** The list, at once: takes a second and more for tens of millions of ids. A builder builds once. */
  build(): FingerprintList {
    const steps = this.buildInSteps();
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
    }
  }

  /** The list, with a pause every few milliseconds. A builder builds once. */
  *buildInSteps(): Steps<FingerprintList> {
    if (this.#built) throw new Error('a builder builds once');
    this.#built = true;
    const collected: Collected = { chunks: this.#chunks, counts: this.#counts, size: this.#size };
    const words = yield* sortInSteps(collected);
    const index = yield* indexInSteps(words);
    return new FingerprintList({ sha256: this.#sha256, words, index });
  }
}
