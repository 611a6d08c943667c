/** Hash inputs as docs/spec/cookie.md has them: each field is a 32-bit little-endian byte length and its bytes. */
import { hash } from 'node:crypto';

/** How many bytes of a unit's digest are kept. */
const DIGEST_BYTES = 16;
const UNIT_PURPOSE = 'tinct-cookie-unit';

/** The fields one after another: no two lists of fields give the same bytes. */
export function fieldsOf(...fields: readonly (string | Uint8Array)[]): Uint8Array {
  let size = 0;
  for (const field of fields) size += 4 + Buffer.byteLength(field);
  const all = Buffer.allocUnsafe(size);
  let at = 0;
  for (const field of fields) {
    const length = Buffer.byteLength(field);
    at = all.writeUInt32LE(length, at);
    if (typeof field === 'string') all.write(field, at, 'utf8');
    else all.set(field, at);
    at += length;
  }
  return all;
}

/**
 * Stands for a unit in a cookie: it can be compared and not be read, and is as long for any key. `type` is empty for
 * the user that an entry is bound to.
 */
export function unitDigest(type: string, key: string): string {
  const digest = hash('sha256', fieldsOf(UNIT_PURPOSE, type, key), 'buffer');
  return digest.subarray(0, DIGEST_BYTES).toString('base64url');
}
