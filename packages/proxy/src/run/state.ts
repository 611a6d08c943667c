/** What was aborted by the admin server, kept in a folder over restarts. */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord, TinctError } from '@tinct/core';

const FILE = 'aborted.json';

/** Release → the highest epoch that was ended. */
export type Killed = ReadonlyMap<string, number>;

export class AbortState {
  readonly #folder: string;
  /** One write after the other: the last one must be the last state. */
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What earlier processes aborted. Rejects with a `TinctError` when that cannot be known: going on would revive it. */
  async load(): Promise<Killed> {
    const file = join(this.#folder, FILE);
    try {
      return killedOf(JSON.parse(await readFile(file, 'utf8')));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new TinctError('TINCT_STATE_UNREADABLE', `${file}: ${why}`, { cause });
    }
  }

  /** Resolves once the state would survive a crash. */
  keep(killed: Killed): Promise<void> {
    const write = this.#writing.then(() => this.#write(killed));
    this.#writing = write.catch(() => {});
    return write;
  }

  async #write(killed: Killed): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const file = join(this.#folder, FILE);
    const handle = await open(`${file}.new`, 'w', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(Object.fromEntries(killed))}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${file}.new`, file);
  }
}

function killedOf(value: unknown): Killed {
  const isEpoch = (epoch: unknown): epoch is number =>
    Number.isSafeInteger(epoch) && Number(epoch) > 0;
  if (!isRecord(value)) throw new TypeError('it is no map');
  return new Map(
    Object.entries(value).map(([release, epoch]) => {
      if (!isEpoch(epoch)) throw new TypeError(`\`${release}\` has no epoch`);
      return [release, epoch];
    }),
  );
}
