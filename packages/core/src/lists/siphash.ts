/**
 * SipHash-1-3 with 64-bit output (Aumasson and Bernstein), in 32-bit halves: V8 has no 64-bit integers
 * that cost nothing.
 *
 * One compression and three finalisation rounds, as in the hash tables of Rust and CPython, whose threat is
 * the same: who sends ids does not know the key. SipHash-2-4 takes a third more time.
 */

/** The state before the message: v0 … v3, each low half first. */
export type SipState = Int32Array;

const INITIAL = [
  0x70736575, 0x736f6d65, 0x6e646f6d, 0x646f7261, 0x6e657261, 0x6c796765, 0x79746573, 0x74656462,
];

/** The state of a key: two 64-bit little-endian words, given as four 32-bit ones, low half first. */
export function sipState(key: readonly [number, number, number, number]): SipState {
  return Int32Array.from(INITIAL, (word, i) => word ^ (key[i & 3] ?? 0));
}

/** Three finalisation rounds, two 32-bit words each. */
const FINALISATION = 6;

/**
 * Hashes whole 64-bit words (two of `message` each; the last has the length in its top byte) into `out`:
 * low half, high half.
 *
 * Long on purpose: the state lives in registers, half the time of a state in an array. The carry of
 * an addition is computed without a branch, because nothing predicts it. The finalisation rounds are the
 * same loop over zeros: they change nothing where a message word would be mixed in.
 */
export function siphash13(
  state: SipState,
  message: Int32Array,
  words: number,
  out: Int32Array,
): void {
  let l0 = state[0] ?? 0;
  let h0 = state[1] ?? 0;
  let l1 = state[2] ?? 0;
  let h1 = state[3] ?? 0;
  let l2 = state[4] ?? 0;
  let h2 = state[5] ?? 0;
  let l3 = state[6] ?? 0;
  let h3 = state[7] ?? 0;
  let t = 0;
  for (let i = 0; i < words + FINALISATION; i += 2) {
    const low = i < words ? (message[i] ?? 0) : 0;
    const high = i < words ? (message[i + 1] ?? 0) : 0;
    if (i === words) l2 ^= 0xff;
    l3 ^= low;
    h3 ^= high;

    // v0 += v1; v1 = rotl(v1, 13) ^ v0; v0 = rotl(v0, 32)
    l0 = (l0 + l1) | 0;
    h0 = (h0 + h1 + Number(l0 >>> 0 < l1 >>> 0)) | 0;
    t = ((l1 << 13) | (h1 >>> 19)) ^ l0;
    h1 = ((h1 << 13) | (l1 >>> 19)) ^ h0;
    l1 = t;
    t = l0;
    l0 = h0;
    h0 = t;
    // v2 += v3; v3 = rotl(v3, 16) ^ v2
    l2 = (l2 + l3) | 0;
    h2 = (h2 + h3 + Number(l2 >>> 0 < l3 >>> 0)) | 0;
    t = ((l3 << 16) | (h3 >>> 16)) ^ l2;
    h3 = ((h3 << 16) | (l3 >>> 16)) ^ h2;
    l3 = t;
    // v0 += v3; v3 = rotl(v3, 21) ^ v0
    l0 = (l0 + l3) | 0;
    h0 = (h0 + h3 + Number(l0 >>> 0 < l3 >>> 0)) | 0;
    t = ((l3 << 21) | (h3 >>> 11)) ^ l0;
    h3 = ((h3 << 21) | (l3 >>> 11)) ^ h0;
    l3 = t;
    // v2 += v1; v1 = rotl(v1, 17) ^ v2; v2 = rotl(v2, 32)
    l2 = (l2 + l1) | 0;
    h2 = (h2 + h1 + Number(l2 >>> 0 < l1 >>> 0)) | 0;
    t = ((l1 << 17) | (h1 >>> 15)) ^ l2;
    h1 = ((h1 << 17) | (l1 >>> 15)) ^ h2;
    l1 = t;
    t = l2;
    l2 = h2;
    h2 = t;

    l0 ^= low;
    h0 ^= high;
  }
  out[0] = l0 ^ l1 ^ l2 ^ l3;
  out[1] = h0 ^ h1 ^ h2 ^ h3;
}
