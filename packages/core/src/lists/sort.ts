/**
 * From fingerprints in any order to a sorted array without duplicates and its index.
 *
 * In slices of some milliseconds, with a `yield` between them: a service that reloads a list keeps
 * answering. Fingerprints are spread evenly, so their leading bits divide them into even slices.
 */
import { HIGH, LOW, sharedWords } from './words.ts';

/** Fingerprints per chunk while collecting: 512 KiB. */
export const CHUNK = 1 << 16;
/** Fingerprints are counted by this many leading bits while they are collected. */
export const COUNT_BITS = 12;
/** About how many fingerprints are sorted or indexed at once. */
const SLICE = 1 << 16;
/** At most so many fingerprints for an entry of the index, on average: they fit a cache line. */
const PER_ENTRY = 6;

/** Fingerprints as they came, two words each; the last chunk is not full. */
export interface Collected {
  readonly chunks: Uint32Array[];
  /** How many begin with which {@link COUNT_BITS} bits. */
  readonly counts: Float64Array;
  readonly size: number;
}

/** A pausable piece of work. */
export type Steps<Result> = Generator<void, Result, void>;

/** The leading bits of a number's high half. Not `high >>> (32 - bits)`: a shift by 32 shifts by nothing. */
export function leading(high: number, bits: number): number {
  return (high >>> 1) >>> (31 - bits);
}

/** How many leading bits divide a size into parts of at most `each`. */
function bitsFor(size: number, each: number): number {
  return Math.max(0, Math.ceil(Math.log2(size / each)));
}

/** Where each partition begins; the end of the last one behind them. */
function partitions({ counts }: Collected, bits: number): Float64Array {
  const starts = new Float64Array((1 << bits) + 1);
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    sum += counts[i] ?? 0;
    starts[(i >>> (COUNT_BITS - bits)) + 1] = sum;
  }
  return starts;
}

/** Moves every fingerprint into its partition, and lets go of each chunk that is done. */
function* scatter(
  from: Collected,
  words: Uint32Array,
  next: Float64Array,
  bits: number,
): Steps<void> {
  for (let c = 0; c < from.chunks.length; c++) {
    const chunk = from.chunks[c] ?? new Uint32Array();
    const end = Math.min(from.size - c * CHUNK, CHUNK) * 2;
    for (let i = 0; i < end; i += 2) {
      const high = chunk[i + HIGH] ?? 0;
      const partition = leading(high, bits);
      const to = next[partition] ?? 0;
      next[partition] = to + 1;
      words[to * 2 + HIGH] = high;
      words[to * 2 + LOW] = chunk[i + LOW] ?? 0;
    }
    from.chunks[c] = new Uint32Array();
    yield;
  }
}

/** Moves `[from, to)` down to `size`, without what is there already; gives the new size. */
function appendDistinct(words: Uint32Array, size: number, from: number, to: number): number {
  let end = size * 2;
  for (let i = from * 2; i < to * 2; i += 2) {
    const first = words[i] ?? 0;
    const second = words[i + 1] ?? 0;
    if (end > 0 && words[end - 2] === first && words[end - 1] === second) continue;
    words[end] = first;
    words[end + 1] = second;
    end += 2;
  }
  return end / 2;
}

/** Sorts each partition and joins them without duplicates; gives how many are left. */
function* sortPartitions(words: Uint32Array, starts: Float64Array): Steps<number> {
  const numbers = new BigUint64Array(words.buffer);
  let size = 0;
  for (let p = 1; p < starts.length; p++) {
    const from = starts[p - 1] ?? 0;
    const to = starts[p] ?? 0;
    numbers.subarray(from, to).sort();
    size = appendDistinct(words, size, from, to);
    yield;
  }
  return size;
}

/** The first `size` fingerprints: in the same memory, unless that would keep much for nothing. */
function trimmed(words: Uint32Array, size: number): Uint32Array {
  const kept = words.subarray(0, size * 2);
  if (kept.length >= words.length * 0.9) return kept;
  const smaller = sharedWords(kept.length);
  smaller.set(kept);
  return smaller;
}

/** Sorted, without duplicates. */
export function* sortInSteps(collected: Collected): Steps<Uint32Array> {
  const bits = Math.min(bitsFor(collected.size, SLICE), COUNT_BITS);
  const starts = partitions(collected, bits);
  const words = sharedWords(collected.size * 2);
  yield* scatter(collected, words, starts.slice(), bits);
  return trimmed(words, yield* sortPartitions(words, starts));
}

/** Where the fingerprints of each leading part begin. */
export function* indexInSteps(words: Uint32Array): Steps<Uint32Array> {
  const size = words.length / 2;
  const bits = bitsFor(size, PER_ENTRY);
  const index = sharedWords(2 ** bits + 1);
  let next = 0;
  for (let i = 0; i < size; i++) {
    for (const own = leading(words[i * 2 + HIGH] ?? 0, bits); next <= own; next++) index[next] = i;
    if (i % SLICE === 0) yield;
  }
  index.fill(size, next);
  return index;
}
