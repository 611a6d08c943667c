import { constants, type FileHandle, open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { TinctError, whyUnreadable } from '@tinct/core';
import type { PlanSource, PlanText, Watch } from './source.ts';
import { type FileWatchOptions, watchFile } from './watch-file.ts';

/** The largest plan that is read; core refuses larger ones with the same code. */
const MAX_BYTES = 1024 * 1024;
/** How often a file that changes under the reader is read again. */
const ATTEMPTS = 3;

function unreadable(file: string, why: string, cause?: unknown): TinctError {
  return new TinctError('TINCT_PLAN_UNREADABLE', `${file}: ${why}`, { cause });
}

function explain(file: string, error: unknown): TinctError {
  if (error instanceof TinctError) return error;
  return unreadable(file, whyUnreadable(error), error);
}

async function readBytes(handle: FileHandle, size: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(size + 1);
  let length = 0;
  for (let read = -1; read !== 0 && length < buffer.length; length += read)
    ({ bytesRead: read } = await handle.read(buffer, length, buffer.length - length, length));
  return buffer.subarray(0, length);
}

/** The file's bytes, or `undefined` if it changed meanwhile. */
async function readUnchanged(handle: FileHandle, file: string): Promise<Buffer | undefined> {
  const before = await handle.stat({ bigint: true });
  if (!before.isFile()) throw unreadable(file, 'it is no regular file');
  if (before.size > MAX_BYTES)
    throw new TinctError(
      'TINCT_PLAN_TOO_LARGE',
      `${file} has ${before.size} bytes; a plan has at most ${MAX_BYTES}`,
    );
  const size = Number(before.size);
  const bytes = await readBytes(handle, size);
  const after = await handle.stat({ bigint: true });
  return after.mtimeNs === before.mtimeNs && bytes.length === size ? bytes : undefined;
}

async function readOnce(file: string): Promise<Buffer | undefined> {
  // Not blocking: a pipe without a writer would hold the open call for ever.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return await readUnchanged(handle, file);
  } finally {
    await handle.close();
  }
}

async function readAtRest(file: string, signal: AbortSignal): Promise<Buffer> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    signal.throwIfAborted();
    const bytes = await readOnce(file);
    if (bytes !== undefined) return bytes;
  }
  throw unreadable(file, 'it changes faster than it can be read');
}

function decode(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch (error) {
    throw unreadable(file, 'it is not UTF-8', error);
  }
}

/** A plan in a file, its lists beside it. */
export class FilePlanSource implements PlanSource {
  readonly name: string;
  readonly #file: string;
  readonly #options: FileWatchOptions;

  constructor(file: string, options: FileWatchOptions = {}) {
    this.name = file;
    this.#file = resolve(file);
    this.#options = options;
  }

  async read(signal: AbortSignal): Promise<PlanText> {
    try {
      const text = decode(this.name, await readAtRest(this.#file, signal));
      return { text, file: this.name, baseDir: dirname(this.#file) };
    } catch (error) {
      throw explain(this.name, error);
    }
  }

  watch(onChange: () => void): Watch {
    return watchFile(this.#file, onChange, this.#options);
  }
}
