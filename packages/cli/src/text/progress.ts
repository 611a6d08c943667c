/** A progress bar on stderr, on terminals only. */
import type { Printer } from '../frame/printer.ts';
import { whole } from './words.ts';

const WIDTH = 30;
/** Milliseconds between two drawings. */
const INTERVAL = 100;

export class Progress {
  readonly #printer: Printer;
  readonly #now: () => number;
  #drawn = 0;
  #shown = false;

  constructor(printer: Printer, now: () => number) {
    this.#printer = printer;
    this.#now = now;
    this.#drawn = now();
  }

  /** `share`: how much is done, from 0 to 1, if that is known. */
  async update(count: number, share: number | undefined): Promise<void> {
    const now = this.#now();
    if (!this.#printer.isTerminal || now - this.#drawn < INTERVAL) return;
    this.#drawn = now;
    this.#shown = true;
    await this.#printer.write(`\r\x1b[K${barText(count, share)}`);
  }

  /** Takes the bar away. */
  async clear(): Promise<void> {
    if (this.#shown) await this.#printer.write('\r\x1b[K');
    this.#shown = false;
  }
}

function barText(count: number, share: number | undefined): string {
  if (share === undefined) return `${whole(count)} ids`;
  const full = Math.round(Math.min(1, share) * WIDTH);
  const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
  return `${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${whole(count)} ids`;
}
