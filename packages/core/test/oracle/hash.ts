/** The bucket as docs/spec/bucketing.md has it, in integers of any size: slow, and hard to get wrong. */
const U32 = 2n ** 32n;

function rotateLeft(x: bigint, bits: bigint): bigint {
  return ((x << bits) % U32) | (x >> (32n - bits));
}

function scramble(k: bigint): bigint {
  return (rotateLeft((k * 0xcc9e2d51n) % U32, 15n) * 0x1b873593n) % U32;
}

/** MurmurHash3 x86 32-bit, as an unsigned integer. */
export function murmur3(of: Uint8Array, seed = 0): number {
  const bytes = Buffer.from(of);
  const left = bytes.length % 4;
  const whole = bytes.length - left;
  let h = BigInt(seed);
  for (let at = 0; at < whole; at += 4) {
    h ^= scramble(BigInt(bytes.readUInt32LE(at)));
    h = (rotateLeft(h, 13n) * 5n + 0xe6546b64n) % U32;
  }
  if (left > 0) h ^= scramble(BigInt(bytes.readUIntLE(whole, left)));
  h ^= BigInt(bytes.length);
  h = ((h ^ (h >> 16n)) * 0x85ebca6bn) % U32;
  h = ((h ^ (h >> 13n)) * 0xc2b2ae35n) % U32;
  return Number(h ^ (h >> 16n));
}

function field(text: string): Buffer {
  if (!text.isWellFormed()) throw new RangeError('a lone surrogate is refused');
  const bytes = Buffer.from(text, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** The hash of a unit's fields. Throws a RangeError for lone surrogates. */
export function unitHash(salt: string, unit: string, key: string): number {
  return murmur3(Buffer.concat(['1', salt, 'assign', unit, key].map(field)));
}

/** A unit's bucket, 0 … 99 999. */
export function unitBucket(salt: string, unit: string, key: string): number {
  return Number((BigInt(unitHash(salt, unit, key)) * 100_000n) / U32);
}
