/** Writes files as a whole or not at all: nobody ever reads half a plan. */
import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, open, readFile, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { TinctError } from '@tinct/core/basics';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of its path is no directory',
  EACCES: 'its folder may not be written to',
  EPERM: 'it may not be written',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EISDIR: 'it is a directory',
};

function unwritable(file: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof TinctError || code === undefined) return error;
  return new TinctError('TINCT_CLI_UNWRITABLE', `${file}: ${REASONS[code] ?? code}`, {
    cause: error,
  });
}

/** Replaces a file by a new text; its mode and owner stay, and so does the symlink that leads to it. */
export async function replaceFile(
  file: string,
  text: string,
  { expected, signal }: { readonly expected: string; readonly signal: AbortSignal },
): Promise<void> {
  try {
    const target = await realpath(file);
    await beside(target, text, await stat(target), async (temporary) => {
      if ((await readFile(target, 'utf8')) !== expected)
        throw new TinctError('TINCT_CLI_CHANGED_MEANWHILE', `${file} was written by somebody else`);
      signal.throwIfAborted();
      await rename(temporary, target);
    });
  } catch (error) {
    throw unwritable(file, error);
  }
}

/** What a file holds; `undefined` where there is none. */
export async function textThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new TinctError('TINCT_CLI_UNWRITABLE', `${file}: ${REASONS[`${code}`] ?? code}`, {
      cause: error,
    });
  }
}

/** Makes a file or replaces it; whether anything changed. */
export async function putFile(file: string, text: string, signal: AbortSignal): Promise<boolean> {
  const before = await textThere(file);
  if (before === text) return false;
  if (before === undefined) await createFile(file, text);
  else await replaceFile(file, text, { expected: before, signal });
  return true;
}

/** Makes a new file; refuses to overwrite one. */
export async function createFile(file: string, text: string, mode = 0o666): Promise<void> {
  try {
    const handle = await open(file, 'wx', mode);
    await filled(file, handle, text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new TinctError('TINCT_CLI_EXISTS', `${file} exists already`, { cause: error });
    throw unwritable(file, error);
  }
}

/** Writes a file in the same folder, hands it on, and removes it if it is not taken. */
async function beside(
  target: string,
  text: string,
  { mode, uid, gid }: Stats,
  take: (temporary: string) => Promise<void>,
): Promise<void> {
  const name = `.${basename(target)}.${randomBytes(6).toString('hex')}.tmp`;
  const temporary = join(dirname(target), name);
  const handle = await open(temporary, 'wx', 0o600);
  // Only the superuser can give files away; for everybody else the owner is the same anyway.
  await handle.chown(uid, gid).catch(() => {});
  await handle.chmod(mode & 0o7777);
  await filled(temporary, handle, text);
  try {
    await take(temporary);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
}

/** Writes a file that was just made, to the disk; what cannot be written as a whole is removed. */
async function filled(file: string, handle: FileHandle, text: string): Promise<void> {
  try {
    await handle.writeFile(text);
    await handle.sync();
  } catch (error) {
    await unlink(file).catch(() => {});
    throw error;
  } finally {
    await handle.close();
  }
}
