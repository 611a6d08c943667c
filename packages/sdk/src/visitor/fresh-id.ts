/** Ids that Tinct issues: 128 random bits in base64url. */
import { randomFillSync } from 'node:crypto';

const ID_BYTES = 16;
/** The system is asked for so many ids' bytes at a time: each question costs more than an id. */
const pool = Buffer.alloc(256 * ID_BYTES);
let used = pool.length;

/** No byte is given out twice, and none that was stays in memory. */
export function freshId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = pool.subarray(used, used + ID_BYTES);
  used += ID_BYTES;
  const id = bytes.toString('base64url');
  bytes.fill(0);
  return id;
}
