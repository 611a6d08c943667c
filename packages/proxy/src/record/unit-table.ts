/**
 * A bounded table of some units and what they got last: those whose hash is low. Which ones is the units' own, so one
 * that is in stays in. What is known of one stands side by side in rows of numbers: beside a proxy's other work all
 * memory is cold, and each place that is touched costs.
 */
import { hashIn, type UnitPrint } from './hash.ts';

const ALL = 2 ** 32;
/** A row's numbers: the unit's print and one more, and twice its order, with one more once it came back. No row: zeros. */
const STRIDE = 2;
const FEWEST = 64;

/** The unit is not there. */
export const ABSENT = -1;

/**
 * Where a unit's row is looked for first, of so many places, a power of two: by the hash, which is another one for each
 * release. What stands beside it is the same for all of a unit's, and would put them in one heap.
 */
export const homeOf = (print: UnitPrint, places: number): number => hashIn(print) & (places - 1);

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

  /** Whether this unit would be in it. */
  has(print: UnitPrint): boolean {
    return hashIn(print) < this.#below;
  }

  /** A unit's place until one is added, or {@link ABSENT}. */
  find(print: UnitPrint): number {
    if (!this.has(print)) return ABSENT;
    const at = this.#placeOf(print);
    return this.#rows[at * STRIDE] === 0 ? ABSENT : at;
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
  add(print: UnitPrint, order: number, last: Last, answered: Answer | undefined): void {
    if (!this.has(print)) return;
    this.#put(print, 2 * order, last, answered);
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
  #placeOf(print: UnitPrint): number {
    const rows = this.#rows;
    const places = rows.length / STRIDE;
    const wanted = print + 1;
    let at = homeOf(print, places);
    for (let found = rows[at * STRIDE]; found !== 0 && found !== wanted; found = rows[at * STRIDE])
      at = (at + 1) & (places - 1);
    return at;
  }

  #put(print: UnitPrint, order: number, last: Last, answered: Answer | undefined): void {
    const at = this.#placeOf(print);
    this.#rows[at * STRIDE] = print + 1;
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
      const [print = 0, order = 0] = rows.subarray(at * STRIDE, (at + 1) * STRIDE);
      if (this.has(print - 1)) this.#put(print - 1, order, seen, answered[at]);
      else if (order % 2 === 1) this.#onForgotten(seen);
    });
  }
}
