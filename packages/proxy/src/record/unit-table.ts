/**
 * A bounded table of some units and what they got last: those whose hash is low. Which ones is the units' own, so one
 * that is in stays in. What is known of one stands side by side in rows of numbers: beside a proxy's other work all
 * memory is cold, and each place that is touched costs.
 */

const ALL = 2 ** 32;
/** A row's numbers: the unit's key, and twice its order, with one more once it came back. No row: zeros. */
const STRIDE = 2;
const FEWEST = 64;
/** Beside the 32 bits of a hash there is room for so many of another. */
const CHECKS = 2 ** 20;

/** The unit is not there. */
export const ABSENT = -1;

/** `Last`: what a unit got; `Answer`: what is known of who answered it. */
export class UnitTable<Last, Answer> {
  readonly #limit: number;
  readonly #onForgotten: (last: Last) => void;
  #below = ALL;
  #size = 0;
  #rows = new Float64Array(FEWEST * STRIDE);
  #last: (Last | undefined)[] = new Array(FEWEST).fill(undefined);
  #answered: (Answer | undefined)[] = new Array(FEWEST).fill(undefined);

  /** At most `limit` units; `onForgotten` hears of those that leave for lack of space and came more than once. */
  constructor(limit: number, onForgotten: (last: Last) => void = () => {}) {
    this.#limit = limit;
    this.#onForgotten = onForgotten;
  }

  /** The share of all units that are in it. */
  get share(): number {
    return this.#below / ALL;
  }

  get size(): number {
    return this.#size;
  }

  /** Whether a unit with this hash, of 32 bits, would be in it. */
  has(hash: number): boolean {
    return hash < this.#below;
  }

  /** A unit's place until one is added, or {@link ABSENT}. `check`: another hash; units are the same that have both in common. */
  find(hash: number, check: number): number {
    const key = keyOf(hash, check);
    const at = this.#placeOf(hash, key);
    return this.#rows[at * STRIDE] === key ? at : ABSENT;
  }

  orderAt(at: number): number {
    return Math.floor((this.#rows[at * STRIDE + 1] ?? 0) / 2);
  }

  isBackAt(at: number): boolean {
    return (this.#rows[at * STRIDE + 1] ?? 0) % 2 === 1;
  }

  lastAt(at: number): Last | undefined {
    return this.#last[at];
  }

  answeredAt(at: number): Answer | undefined {
    return this.#answered[at];
  }

  /** A unit that is not there yet; nothing happens to one that is not of the sample. */
  add(hash: number, check: number, order: number, last: Last, answered: Answer | undefined): void {
    if (!this.has(hash)) return;
    this.#put(hash, keyOf(hash, check), 2 * order, last, answered);
    while (this.#size > this.#limit) this.#halve();
    if (this.#size * 2 > this.#last.length) this.#move(this.#last.length * 2);
  }

  /** It came again. `answered`: `undefined` where nobody says who did, and what is known stays. */
  follow(at: number, order: number, last: Last, answered: Answer | undefined): void {
    this.#rows[at * STRIDE + 1] = 2 * order + 1;
    if (this.#last[at] !== last) this.#last[at] = last;
    if (answered !== undefined && this.#answered[at] !== answered) this.#answered[at] = answered;
  }

  /** Where it is, or would be. */
  #placeOf(hash: number, key: number): number {
    const rows = this.#rows;
    const mask = rows.length / STRIDE - 1;
    let at = hash & mask;
    for (let found = rows[at * STRIDE]; found !== 0 && found !== key; found = rows[at * STRIDE])
      at = (at + 1) & mask;
    return at;
  }

  #put(hash: number, key: number, order: number, last: Last, answered: Answer | undefined): void {
    const at = this.#placeOf(hash, key);
    this.#rows[at * STRIDE] = key;
    this.#rows[at * STRIDE + 1] = order;
    this.#last[at] = last;
    this.#answered[at] = answered;
    this.#size += 1;
  }

  #halve(): void {
    this.#below /= 2;
    this.#move(this.#last.length);
  }

  /** To a table of so many places; who is not of the sample any more stays behind. */
  #move(places: number): void {
    const [rows, last, answered] = [this.#rows, this.#last, this.#answered];
    this.#rows = new Float64Array(places * STRIDE);
    this.#last = new Array(places).fill(undefined);
    this.#answered = new Array(places).fill(undefined);
    this.#size = 0;
    last.forEach((seen, at) => {
      if (seen === undefined) return;
      const [key = 0, order = 0] = rows.subarray(at * STRIDE, (at + 1) * STRIDE);
      const hash = Math.floor(key / CHECKS);
      if (this.has(hash)) this.#put(hash, key, order, seen, answered[at]);
      else if (order % 2 === 1) this.#onForgotten(seen);
    });
  }
}

/** Never zero. */
const keyOf = (hash: number, check: number): number => hash * CHECKS + (check % (CHECKS - 1)) + 1;
