import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { unreadable } from './findings.ts';

/** Gives a list's bytes: from a file, a download, a test. */
export type OpenList = (path: string, signal: AbortSignal | undefined) => AsyncIterable<Uint8Array>;

/** Reads a list's file, relative to a directory. */
export function openFile(baseDir: string): OpenList {
  return async function* (path, signal) {
    const file = resolve(baseDir, path);
    // Before it is opened: a pipe without a writer would hold the open call for ever.
    const stats = await stat(file);
    if (!stats.isFile())
      throw new TypeError(stats.isDirectory() ? 'it is a directory' : 'it is no regular file');
    yield* createReadStream(file, signal === undefined ? {} : { signal });
  };
}

/** Hands over a list's bytes. Rejects with the signal's reason, also while a source keeps it waiting. */
export async function eachChunk(
  path: string,
  open: OpenList,
  signal: AbortSignal | undefined,
  take: (chunk: Uint8Array) => void,
): Promise<void> {
  signal?.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([aborted.promise, readAll(path, open, signal, take)]);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

async function readAll(
  path: string,
  open: OpenList,
  signal: AbortSignal | undefined,
  take: (chunk: Uint8Array) => void,
): Promise<void> {
  const chunks = open(path, signal);
  try {
    for await (const chunk of chunks) {
      signal?.throwIfAborted();
      if (!ArrayBuffer.isView(chunk)) throw new TypeError('it yields no bytes');
      take(chunk);
    }
  } catch (error) {
    throw signal?.aborted ? signal.reason : unreadable(path, error);
  }
}
