/**
 * A time by which something must have happened, set anew for each wait of a connection. One timer looks after all of
 * them: moving the time costs nothing but a look at the clock, where a timer of its own for each wait costs a list's.
 */
export class Deadline {
  readonly #late: () => void;
  #ms = 0;
  /** By `performance.now()`. */
  #at = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer fires. */
  #fires = Number.POSITIVE_INFINITY;

  constructor(late: () => void) {
    this.#late = late;
  }

  /** In so many milliseconds from now; 0 is never. */
  set(ms: number): void {
    this.#ms = ms;
    if (ms === 0) this.clear();
    else this.#move(performance.now());
  }

  /** As long again from now, if anything is waited for. */
  refresh(): void {
    if (this.#at !== Number.POSITIVE_INFINITY) this.#move(performance.now());
  }

  /** Nothing is waited for. The timer finds that out by itself. */
  clear(): void {
    this.#at = Number.POSITIVE_INFINITY;
  }

  /** For good. */
  stop(): void {
    this.clear();
    clearTimeout(this.#timer);
  }

  #move(now: number): void {
    this.#at = now + this.#ms;
    if (this.#at < this.#fires) this.#arm(now);
  }

  #arm(now: number): void {
    clearTimeout(this.#timer);
    this.#fires = this.#at;
    // What is waited for keeps the process alive by itself.
    this.#timer = setTimeout(() => this.#look(), Math.ceil(this.#at - now)).unref();
  }

  #look(): void {
    this.#fires = Number.POSITIVE_INFINITY;
    const now = performance.now();
    if (this.#at <= now) this.#late();
    else if (this.#at !== Number.POSITIVE_INFINITY) this.#arm(now);
  }
}
