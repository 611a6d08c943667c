/**
 * MurmurHash3 x86 32-bit, by Austin Appleby (public domain), over UTF-8, resumable after a prefix.
 *
 * The prefix of a release (everything before the targeting key) never changes, so its state is kept
 * and each decision hashes only the key: no buffer, no allocation.
 */
const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

/** The state of a hash in the middle: whole words mixed in, up to three bytes waiting. */
export interface Murmur3State {
  readonly hash: number;
  /** Waiting bytes, little-endian. */
  readonly tail: number;
  /** How many bytes wait: 0 to 3. */
  readonly tailLength: number;
  /** Bytes so far. */
  readonly length: number;
}

export const MURMUR3_START: Murmur3State = { hash: 0, tail: 0, tailLength: 0, length: 0 };

function scramble(word: number): number {
  const k = Math.imul(word, C1);
  return Math.imul((k << 15) | (k >>> 17), C2);
}

function mixWord(hash: number, word: number): number {
  const h = hash ^ scramble(word);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

/** Mixes bytes in and returns the new state. */
export function murmur3Update(state: Murmur3State, bytes: Uint8Array): Murmur3State {
  let { hash, tail, tailLength } = state;
  for (const byte of bytes) {
    tail |= byte << (tailLength << 3);
    if (++tailLength === 4) {
      hash = mixWord(hash, tail);
      tail = 0;
      tailLength = 0;
    }
  }
  return { hash, tail, tailLength, length: state.length + bytes.length };
}

function finish(hash: number, tail: number, tailLength: number, length: number): number {
  let h = tailLength > 0 ? hash ^ scramble(tail) : hash;
  h ^= length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The hash of the state alone: an unsigned 32-bit integer. */
export function murmur3Digest(state: Murmur3State): number {
  return finish(state.hash, state.tail, state.tailLength, state.length);
}

/** Mixes in a 32-bit word that need not be aligned with the state's words. */
function mixUnaligned(hash: number, tail: number, tailLength: number, word: number): number {
  return mixWord(hash, tailLength === 0 ? word : tail | (word << (tailLength << 3)));
}

/** What is left of a word after {@link mixUnaligned}: the new waiting bytes. */
function leftOver(tailLength: number, word: number): number {
  return tailLength === 0 ? 0 : word >>> (32 - (tailLength << 3));
}

/**
 * The hash after one more length-prefixed field of ASCII text (32-bit little-endian length, then bytes).
 * The caller has made sure that the text is ASCII, so that its length is its number of bytes.
 */
export function murmur3DigestAsciiField(state: Murmur3State, text: string): number {
  const { length } = text;
  const { tailLength } = state;
  let hash = mixUnaligned(state.hash, state.tail, tailLength, length);
  let tail = leftOver(tailLength, length);
  let i = 0;
  for (const whole = length & ~3; i < whole; i += 4) {
    const word =
      text.charCodeAt(i) |
      (text.charCodeAt(i + 1) << 8) |
      (text.charCodeAt(i + 2) << 16) |
      (text.charCodeAt(i + 3) << 24);
    hash = mixUnaligned(hash, tail, tailLength, word);
    tail = leftOver(tailLength, word);
  }
  let waiting = tailLength;
  for (; i < length; i++) {
    tail |= text.charCodeAt(i) << (waiting << 3);
    if (++waiting === 4) {
      hash = mixWord(hash, tail);
      tail = 0;
      waiting = 0;
    }
  }
  return finish(hash, tail, waiting, state.length + 4 + length);
}
