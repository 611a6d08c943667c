/** Small files that the configuration names. */
import { readFile, stat } from 'node:fs/promises';
import { TinctError, whyUnreadable } from '@tinct/core';

const MAX_BYTES = 64 * 1024;

/** A file's text. Rejects with TINCT_CONFIG_UNREADABLE. */
export async function readSmall(file: string): Promise<string> {
  try {
    const stats = await stat(file);
    // A pipe would hold the reader for ever.
    if (!stats.isFile()) throw new TypeError('it is no regular file');
    if (stats.size > MAX_BYTES) throw new TypeError(`it has more than ${MAX_BYTES} bytes`);
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new TinctError('TINCT_CONFIG_UNREADABLE', `${file}: ${whyUnreadable(cause)}`, { cause });
  }
}
