/** A page that somebody leaves resets all its requests at once: so many seconds' worth are forgiven. */
export const BURST = 6;

/** How many streams one connection has reset lately. Pure: who asks says what time it is. */
export class Resets {
  readonly #perSecond: number;
  #left: number;
  #since: number;
  #tooMany = false;

  /** `now`, here and below: milliseconds of one clock. */
  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#left = BURST * perSecond;
    this.#since = now;
  }

  /** Whether there were ever more than are forgiven. */
  get tooMany(): boolean {
    return this.#tooMany;
  }

  /** One more; says whether it is the first that is too many. */
  add(now: number): boolean {
    const gained = ((now - this.#since) / 1000) * this.#perSecond;
    this.#left = Math.min(BURST * this.#perSecond, this.#left + gained) - 1;
    this.#since = now;
    if (this.#tooMany || this.#left >= 0) return false;
    this.#tooMany = true;
    return true;
  }
}
