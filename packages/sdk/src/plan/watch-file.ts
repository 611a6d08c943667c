/**
 * Notices that a file has changed, however that came about: written in place, another file renamed over it, or a
 * symlink on the way to it swapped (as a ConfigMap volume swaps `..data`).
 *
 * inotify on the directory gives the speed; it misses what happens behind symlinks and on network file systems, so
 * a stat now and then gives the certainty. Both only lead to a comparison of the file's stat.
 */
import { type BigIntStats, type FSWatcher, statSync, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Watch } from './source.ts';

export interface FileWatchOptions {
  /** How long the file must rest before the callback: writers truncate first. Default 15. */
  readonly restMs?: number;
  /** How long a file that never rests may hold the callback back. Default 60. */
  readonly patienceMs?: number;
  /** How often the file is looked at without an event. Default 200. */
  readonly pollMs?: number;
}

const MISSING = 'missing';

const fingerprint = (stats: BigIntStats): string =>
  `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`;

function look(file: string): string {
  try {
    return fingerprint(statSync(file, { bigint: true }));
  } catch {
    return MISSING;
  }
}

class FileWatch implements Watch {
  readonly #file: string;
  readonly #onChange: () => void;
  readonly #restMs: number;
  readonly #patienceMs: number;
  readonly #poll: NodeJS.Timeout;
  #seen: string;
  #watcher: FSWatcher | undefined;
  #looking = false;
  #lookAgain = false;
  #rest: NodeJS.Timeout | undefined;
  #restlessSince = 0;
  #closed = false;

  constructor(file: string, onChange: () => void, options: FileWatchOptions) {
    this.#file = file;
    this.#onChange = onChange;
    this.#restMs = options.restMs ?? 15;
    this.#patienceMs = options.patienceMs ?? 60;
    // At once, so that a change between this call and the first read is noticed too.
    this.#seen = look(file);
    this.#listen();
    this.#poll = setInterval(() => this.#onPoll(), options.pollMs ?? 200).unref();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#poll);
    clearTimeout(this.#rest);
    this.#watcher?.close();
  }

  /** Without inotify (its limits reached, the directory gone for now) the poll goes on and tries again. */
  #listen(): void {
    try {
      const watcher = watch(dirname(this.#file), { persistent: false }, () => void this.#look());
      watcher.on('error', () => this.#unlisten());
      this.#watcher = watcher;
    } catch {
      this.#watcher = undefined;
    }
  }

  #unlisten(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  #onPoll(): void {
    if (this.#watcher === undefined) this.#listen();
    void this.#look();
  }

  async #look(): Promise<void> {
    this.#lookAgain = true;
    if (this.#looking) return;
    this.#looking = true;
    while (this.#lookAgain && !this.#closed) {
      this.#lookAgain = false;
      this.#compare(await stat(this.#file, { bigint: true }).then(fingerprint, () => MISSING));
    }
    this.#looking = false;
  }

  #compare(now: string): void {
    if (this.#closed || now === this.#seen) return;
    this.#seen = now;
    // A directory that was replaced as a whole leaves the watcher on the old one.
    if (now === MISSING) this.#unlisten();
    this.#untilItRests();
  }

  #untilItRests(): void {
    const now = performance.now();
    if (this.#rest === undefined) this.#restlessSince = now;
    clearTimeout(this.#rest);
    const patience = Math.max(0, this.#restlessSince + this.#patienceMs - now);
    this.#rest = setTimeout(
      () => {
        this.#rest = undefined;
        this.#onChange();
      },
      Math.min(this.#restMs, patience),
    ).unref();
  }
}

/** Calls back after each change of the file's content or identity, its appearing and disappearing included. */
export function watchFile(
  file: string,
  onChange: () => void,
  options: FileWatchOptions = {},
): Watch {
  return new FileWatch(file, onChange, options);
}
