/** An id's fingerprint in one list: SipHash of its UTF-8 bytes, keyed with the list's digest. */
import { encodeUtf8 } from '../bucket/utf8.ts';
import { type SipState, siphash13, sipState } from './siphash.ts';

/** The longest id that a list can hold, in bytes of UTF-8. A longer one is in no list. */
export const MAX_ID_BYTES = 16_384;

const DIGEST = /^[0-9a-f]{64}$/;

function keyWord(digest: string, word: number): number {
  let value = 0;
  for (let byte = 3; byte >= 0; byte--) {
    value = (value << 8) | Number.parseInt(digest.substr((word * 4 + byte) * 2, 2), 16);
  }
  return value;
}

function stateOf(digest: string): SipState {
  if (!DIGEST.test(digest)) throw new RangeError('a digest is 64 hexadecimal digits in lower case');
  return sipState(
    [0, 1, 2, 3].map((word) => keyWord(digest, word)) as [number, number, number, number],
  );
}

/** The message of a text, packed into 64-bit words; shared, since nothing here waits. */
const message = new Int32Array(MAX_ID_BYTES / 4 + 2);

/** Ends the message: the length goes into its last byte. Returns how many 32-bit words it has. */
function endMessage(bytes: number, tail: number): number {
  const at = bytes >>> 2;
  const last = at | 1;
  message[at] = tail;
  if (at !== last) message[last] = 0;
  message[last] = (message[last] ?? 0) | (bytes << 24);
  return last + 1;
}

/** Packs a text if all of it is ASCII, and else returns 0. */
function packAscii(text: string): number {
  const { length } = text;
  let seen = 0;
  let i = 0;
  for (const whole = length & ~3; i < whole; i += 4) {
    const a = text.charCodeAt(i);
    const b = text.charCodeAt(i + 1);
    const c = text.charCodeAt(i + 2);
    const d = text.charCodeAt(i + 3);
    seen |= a | b | c | d;
    message[i >>> 2] = a | (b << 8) | (c << 16) | (d << 24);
  }
  let tail = 0;
  for (let shift = 0; i < length; i++, shift += 8) {
    const code = text.charCodeAt(i);
    seen |= code;
    tail |= code << shift;
  }
  return seen > 0x7f ? 0 : endMessage(length, tail);
}

function packBytes(bytes: Uint8Array): number {
  const { length } = bytes;
  let tail = 0;
  for (let i = 0; i < length; i++) {
    tail |= (bytes[i] ?? 0) << ((i & 3) << 3);
    if ((i & 3) === 3) {
      message[i >>> 2] = tail;
      tail = 0;
    }
  }
  return endMessage(length, tail);
}

/** Packs a text beyond ASCII; 0 when it has a lone surrogate or is too long. */
function packUtf8(text: string): number {
  const bytes = encodeUtf8(text);
  return bytes === undefined || bytes.length > MAX_ID_BYTES ? 0 : packBytes(bytes);
}

/** Fingerprints ids with one list's key. */
export class Fingerprinter {
  readonly #state: SipState;
  /** The last fingerprint: low half, high half. */
  readonly halves = new Int32Array(2);

  constructor(digest: string) {
    this.#state = stateOf(digest);
  }

  /**
   * Puts the id's fingerprint into `halves`. False for what no list can hold: an empty id, one with a lone
   * surrogate, one above {@link MAX_ID_BYTES}. Allocates nothing for ASCII.
   */
  hash(id: string): boolean {
    const { length } = id;
    if (length === 0 || length > MAX_ID_BYTES) return false;
    const words = packAscii(id) || packUtf8(id);
    if (words === 0) return false;
    siphash13(this.#state, message, words, this.halves);
    return true;
  }
}

/** An id's fingerprint as 16 hexadecimal digits, most significant first; `undefined` for what no list can hold. */
export function fingerprintOf(digest: string, id: string): string | undefined {
  const of = new Fingerprinter(digest);
  if (!of.hash(id)) return undefined;
  const hex = (half: number | undefined) => ((half ?? 0) >>> 0).toString(16).padStart(8, '0');
  return hex(of.halves[1]) + hex(of.halves[0]);
}
