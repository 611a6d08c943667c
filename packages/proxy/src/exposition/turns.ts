/** Much work in short turns, so that requests have theirs meanwhile. */
import { setImmediate as others } from 'node:timers/promises';

/** How long a turn is, in milliseconds. */
const TURN_MS = 2;

export class Turns {
  #began = performance.now();

  get isOver(): boolean {
    return performance.now() - this.#began > TURN_MS;
  }

  /** Resolves when everybody else has had a turn. */
  async next(): Promise<void> {
    await others();
    this.#began = performance.now();
  }
}
