import type { Listener } from '../exchange.ts';

interface Held {
  readonly event: string;
  readonly listener: Listener;
  readonly isOnce: boolean;
}

/** Who listens to what. Most requests have two listeners in all: a short list is less than an emitter for each. */
export class Signals {
  /** Never changed in place but at its end: it may be gone through meanwhile. */
  #held: Held[] = [];

  on(event: string, listener: Listener): this {
    this.#held.push({ event, listener, isOnce: false });
    return this;
  }

  once(event: string, listener: Listener): this {
    this.#held.push({ event, listener, isOnce: true });
    return this;
  }

  off(event: string, listener: Listener): this {
    const at = this.#held.findIndex((held) => held.event === event && held.listener === listener);
    if (at >= 0) this.#held = this.#held.toSpliced(at, 1);
    return this;
  }

  /** Those who listen already hear of it, one after another. */
  protected tell(event: string, value?: unknown): void {
    const held = this.#held;
    const { length } = held;
    for (let i = 0; i < length; i += 1) {
      const each = held[i] as Held;
      if (each.event !== event) continue;
      if (each.isOnce) this.off(event, each.listener);
      each.listener(value);
    }
  }
}
