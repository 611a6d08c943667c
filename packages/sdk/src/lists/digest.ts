import { createHash } from 'node:crypto';
import { eachChunk, type OpenList } from './file.ts';
import { openNear } from './location.ts';

export interface DigestOptions {
  /** What the path is relative to; the working directory by default. */
  readonly baseDir?: string | undefined;
  readonly open?: OpenList | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The SHA-256 of a list's bytes, as the plan pins it. Rejects with `TINCT_LIST_UNREADABLE` or the signal's reason. */
export async function digestOf(path: string, options: DigestOptions = {}): Promise<string> {
  const { open = openNear(options.baseDir ?? '.'), signal } = options;
  const hash = createHash('sha256');
  await eachChunk(path, open, signal, (chunk) => hash.update(chunk));
  return hash.digest('hex');
}
