import { Fingerprinter } from './fingerprint.ts';
import type { IdList } from './idlist.ts';
import { leading } from './sort.ts';
import { HIGH, LOW } from './words.ts';

/**
 * The memory of a list. Where the platform has SharedArrayBuffer, both arrays lie in one each, so that
 * `postMessage` hands a list to a worker thread without a copy.
 */
export interface FingerprintData {
  readonly sha256: string;
  /** Ascending 64-bit fingerprints without duplicates, in the platform's byte order. */
  readonly words: Uint32Array;
  /** `index[p]` is the place of the first fingerprint whose leading bits are at least p; one entry more at the end. */
  readonly index: Uint32Array;
}

/** Millions of ids in eight bytes each, plus at most a fifth for the index over their leading bits. */
export class FingerprintList implements IdList {
  readonly data: FingerprintData;
  readonly sha256: string;
  readonly size: number;
  readonly #of: Fingerprinter;
  readonly #words: Uint32Array;
  readonly #index: Uint32Array;
  readonly #bits: number;

  constructor(data: FingerprintData) {
    this.data = data;
    this.sha256 = data.sha256;
    this.size = data.words.length / 2;
    this.#of = new Fingerprinter(data.sha256);
    this.#words = data.words;
    this.#index = data.index;
    this.#bits = Math.log2(data.index.length - 1);
  }

  /** Whether the list has the id; wrong for one foreign id in 2^64 / size. Allocates nothing for ASCII. */
  has(id: string): boolean {
    if (!this.#of.hash(id)) return false;
    const low = (this.#of.halves[0] ?? 0) >>> 0;
    const high = (this.#of.halves[1] ?? 0) >>> 0;
    const lead = leading(high, this.#bits);
    const end = this.#index[lead + 1] ?? 0;
    for (let i = this.#index[lead] ?? 0; i < end; i++) {
      if (this.#words[i * 2 + HIGH] === high && this.#words[i * 2 + LOW] === low) return true;
    }
    return false;
  }
}
