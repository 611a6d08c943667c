/** Where the halves of a 64-bit number lie when its bytes are seen as two 32-bit ones. */
const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

export const LOW = LITTLE_ENDIAN ? 0 : 1;
export const HIGH = LITTLE_ENDIAN ? 1 : 0;

/** Memory that worker threads can share, where the platform has it. */
export function sharedWords(length: number): Uint32Array {
  const bytes = length * 4;
  const shared = typeof SharedArrayBuffer === 'undefined' ? undefined : SharedArrayBuffer;
  return new Uint32Array(shared === undefined ? new ArrayBuffer(bytes) : new shared(bytes));
}
