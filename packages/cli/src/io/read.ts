/** Reads what a command is given: files, pipes, stdin as `-`. */
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { type ErrorCode, TinctError, whyUnreadable } from '@tinct/core/basics';
import type { Session } from '../frame/session.ts';

/** What messages call stdin. */
const STDIN = '(stdin)';

export const nameOf = (file: string): string => (file === '-' ? STDIN : file);

/** The code for a plan differs from that for other files: the edge reads plans too. */
export type UnreadableCode = Extract<
  ErrorCode,
  'TINCT_PLAN_UNREADABLE' | 'TINCT_CLI_UNREADABLE' | 'TINCT_CONFIG_UNREADABLE'
>;

function unreadable(file: string, why: string, code: UnreadableCode, cause?: unknown): TinctError {
  return new TinctError(code, `${nameOf(file)}: ${why}`, { cause });
}

/** The bytes of a file, a pipe or stdin, as they come. Rejects with a TinctError, or with the signal's reason. */
export async function* readBytes(
  file: string,
  { stdin, cwd, signal }: Session,
  code: UnreadableCode = 'TINCT_CLI_UNREADABLE',
): AsyncGenerator<Uint8Array, void, undefined> {
  const stream: Readable = file === '-' ? stdin : createReadStream(resolve(cwd, file));
  try {
    for await (const chunk of addAbortSignal(signal, stream))
      yield typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const { code: system } = error as NodeJS.ErrnoException;
    if (system === undefined) throw error;
    throw unreadable(file, whyUnreadable(error), code, error);
  }
}

/** A whole text, UTF-8, of at most so many bytes. A byte order mark stays: it belongs to the file. */
export async function readText(
  file: string,
  session: Session,
  maxBytes: number,
  code?: UnreadableCode,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of readBytes(file, session, code)) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes)
      throw unreadable(file, `it has more than ${maxBytes} bytes`, code ?? 'TINCT_CLI_UNREADABLE');
  }
  return decode(Buffer.concat(chunks), file, code);
}

/** UTF-8 and nothing else. */
export function decode(
  bytes: Uint8Array,
  file: string,
  code: UnreadableCode = 'TINCT_CLI_UNREADABLE',
): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw unreadable(file, 'it is not UTF-8', code, error);
  }
}
