/** Streams of ids, in batches: synthetic ones, or one per line of a file. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { TinctError } from '@tinct/core/basics';
import type { Session } from '../frame/session.ts';
import { nameOf, readBytes } from './read.ts';

export interface IdBatch {
  readonly ids: readonly string[];
  /** How much was read so far, from 0 to 1, if that is known. */
  readonly share: number | undefined;
}

export type Ids = AsyncGenerator<IdBatch, void, undefined>;

const BATCH = 4096;
const MAX_LINE = 1 << 20;

/** `1` to `count`: the hash makes no difference between them and real ids. */
export async function* syntheticIds(count: number, { signal }: Session): Ids {
  for (let from = 1; from <= count; from += BATCH) {
    const length = Math.min(BATCH, count - from + 1);
    yield {
      ids: Array.from({ length }, (_, i) => String(from + i)),
      share: (from + length - 1) / count,
    };
    await setImmediate();
    signal.throwIfAborted();
  }
}

/** One id per line, UTF-8; blank lines are passed over, spaces belong to the id. */
export async function* fileIds(file: string, session: Session): Ids {
  const size = await sizeOf(file, session);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let bytes = 0;
  for await (const chunk of readBytes(file, session)) {
    bytes += chunk.length;
    const lines = (rest + decoded(decoder, chunk, file)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE) throw unusable(file, 'a line has more than 1 MiB');
    yield { ids: idsIn(lines), share: size && bytes / size };
  }
  yield { ids: idsIn([rest + decoded(decoder, undefined, file)]), share: 1 };
}

async function sizeOf(file: string, { cwd }: Session): Promise<number | undefined> {
  if (file === '-') return undefined;
  const stats = await stat(resolve(cwd, file)).catch(() => undefined);
  return stats?.isFile() ? stats.size : undefined;
}

function decoded(decoder: TextDecoder, chunk: Uint8Array | undefined, file: string): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined });
  } catch {
    throw unusable(file, 'it is not UTF-8');
  }
}

function unusable(file: string, why: string): TinctError {
  return new TinctError('TINCT_CLI_UNREADABLE', `${nameOf(file)}: ${why}`);
}

function idsIn(lines: readonly string[]): string[] {
  return lines
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
    .filter((line) => line !== '');
}
