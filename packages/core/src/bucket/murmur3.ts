/**
 * MurmurHash3 x86 32-bit, by Austin Appleby (public domain), over UTF-8, resumable after a prefix.
 *
 * The prefix of a release (everything before the targeting key) never changes, so its state is kept
 * and each decision hashes only the key: no buffer, no allocation.
 */
const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

/**
 * The state of a hash in the middle: whole words mixed in, up to three bytes waiting.
 *
 * The hash is kept by halves. To the engine a number of 32 bits is now a small one, now none; objects whose fields differ
 * in that are of different kinds, and code that was compiled for one kind was thrown away for the other again and again.
 */
export interface Murmur3State {
  /** Of the hash, the upper 16 bits. */
  readonly high: number;
  /** Of the hash, the lower 16 bits. */
  readonly low: number;
  /** Waiting bytes, little-endian. */
  readonly tail: number;
  /** How many bytes wait: 0 to 3. */
  readonly tailLength: number;
  /** Bytes so far. */
  readonly length: number;
}

export const MURMUR3_START: Murmur3State = { high: 0, low: 0, tail: 0, tailLength: 0, length: 0 };

const hashOf = ({ high, low }: Murmur3State): number => (high << 16) | low;

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
  let { tail, tailLength } = state;
  let hash = hashOf(state);
  for (const byte of bytes) {
    tail |= byte << (tailLength << 3);
    if (++tailLength === 4) {
      hash = mixWord(hash, tail);
      tail = 0;
      tailLength = 0;
    }
  }
  const [high, low] = [hash >>> 16, hash & 0xffff];
  return { high, low, tail, tailLength, length: state.length + bytes.length };
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
  return finish(hashOf(state), state.tail, state.tailLength, state.length);
}

/**
 * The hash after one more length-prefixed field of text (32-bit little-endian length, then bytes), or -1 for
 * text beyond ASCII, whose length is not its number of bytes.
 *
 * One pass, in whole words where the text has them: every look at a character costs more than mixing it in.
 * `shift` is how far each word of the text is off the words of the state; what does not fit waits in `tail`.
 * Not `word >>> (32 - shift)`: a shift by 32 shifts by nothing.
 */
export function murmur3DigestAsciiField(state: Murmur3State, text: string): number {
  const { length } = text;
  const shift = state.tailLength << 3;
  let hash = mixWord(hashOf(state), state.tail | (length << shift));
  let tail = (length >>> 1) >>> (31 - shift);
  let seen = 0;
  let i = 0;
  for (const whole = length & ~3; i < whole; i += 4) {
    const a = text.charCodeAt(i);
    const b = text.charCodeAt(i + 1);
    const c = text.charCodeAt(i + 2);
    const d = text.charCodeAt(i + 3);
    seen |= a | b | c | d;
    const word = a | (b << 8) | (c << 16) | (d << 24);
    hash = mixWord(hash, tail | (word << shift));
    tail = (word >>> 1) >>> (31 - shift);
  }
  let waiting = state.tailLength;
  for (; i < length; i++) {
    const code = text.charCodeAt(i);
    seen |= code;
    tail |= code << (waiting << 3);
    if (++waiting === 4) {
      hash = mixWord(hash, tail);
      tail = 0;
      waiting = 0;
    }
  }
  return seen > 0x7f ? -1 : finish(hash, tail, waiting, state.length + 4 + length);
}
