/** Hash inputs as docs/spec/cookie.md has them: each field is a 32-bit little-endian byte length and its bytes. */
import { createHash } from 'node:crypto';

/** How many bytes of a unit's digest are kept. */
const DIGEST_BYTES = 16;
const UNIT_PURPOSE = 'tinct-cookie-unit';

/** The fields one after another: no two lists of fields give the same bytes. */
export function fieldsOf(...fields: readonly (string | Uint8Array)[]): Uint8Array {
  const pieces = fields.flatMap((field) => {
    const bytes = typeof field === 'string' ? Buffer.from(field, 'utf8') : field;
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return [length, bytes];
  });
  return Buffer.concat(pieces);
}

/**
 * Stands for a unit in a cookie: it can be compared and not be read, and is as long for any key. `type` is empty for
 * the user that an entry is bound to.
 */
export function unitDigest(type: string, key: string): string {
  const hash = createHash('sha256')
    .update(fieldsOf(UNIT_PURPOSE, type, key))
    .digest();
  return hash.subarray(0, DIGEST_BYTES).toString('base64url');
}
