/** Variants that left the plan, as they leave the measurements: once nothing was counted of them for a while. */
import { GRACE_MS } from '@tinct/core';
import type { Counted } from './series.ts';

interface Idle {
  readonly sum: number;
  /** Milliseconds since the epoch: when that was seen first. */
  readonly since: number;
}

export class Leaving {
  #idle = new Map<string, Idle>();

  /** Of all that is measured, what goes now. `isPlanned`: whether the plan in force has it. */
  of(
    counted: ReadonlyMap<string, Counted>,
    isPlanned: (release: string, variant: string) => boolean,
    now: number,
  ): Counted[] {
    const next = new Map<string, Idle>();
    const gone: Counted[] = [];
    for (const [key, one] of counted) {
      if (isPlanned(one.release, one.variant)) continue;
      const before = this.#idle.get(key);
      const idle = before?.sum === one.sum ? before : { sum: one.sum, since: now };
      if (now - idle.since >= GRACE_MS) gone.push(one);
      else next.set(key, idle);
    }
    this.#idle = next;
    return gone;
  }
}
