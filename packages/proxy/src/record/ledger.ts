/** Where counters are: rows of numbers by name. Whoever counts holds a row; whoever sums up may read it meanwhile. */
import { REGISTERS } from '@tinct/core';

export interface Ledger {
  row(name: string, cells: number): Float64Array;
  /** A row of what was last (see {@link LAST}), as others hold it; `undefined`: nobody does. */
  last(name: string): Float64Array | undefined;
  /** A sketch of different keys, to note them in; of several, what all have seen is read. */
  registers(name: string): Uint8Array;
  /** The sketch as others hold it; `undefined`: nobody does. */
  read(name: string): Uint8Array | undefined;
  /** Nobody will ask for this sketch again. */
  forget(name: string): void;
}

/** What the names of rows begin with that count what is there now: they end with whoever counts. */
export const PASSING = 'now:';

/** What the names of rows begin with that hold records of what was last: of several rows the newest record counts, no sum. */
export const LAST = 'last:';
/** How many numbers a record has; the first is when it was made, in milliseconds since the epoch. */
export const RECORD = 6;

/** For a process that counts alone. */
export const ownLedger: Ledger = {
  row: (_, cells) => new Float64Array(cells),
  last: () => undefined,
  registers: () => new Uint8Array(REGISTERS),
  read: () => undefined,
  forget() {},
};

/** A number for each name of a closed set, in a row of a ledger. */
export class Tally<Name extends string> {
  readonly #names: readonly Name[];
  readonly #row: Float64Array;

  constructor(names: readonly Name[], row: Float64Array) {
    this.#names = names;
    this.#row = row;
  }

  add(name: Name, by = 1): void {
    this.addAt(this.placeOf(name), by);
  }

  /** As {@link add}, for who has asked for the place before. */
  addAt(place: number, by = 1): void {
    this.#row[place] = (this.#row[place] ?? 0) + by;
  }

  of(name: Name): number {
    return this.#row[this.placeOf(name)] ?? 0;
  }

  /** Every name is there. */
  all(): Record<Name, number> {
    const all: Partial<Record<Name, number>> = {};
    for (const [at, name] of this.#names.entries()) all[name] = this.#row[at] ?? 0;
    return all as Record<Name, number>;
  }

  /** There are few names, and mostly it is the very same text: a walk costs less than a map's memory. */
  placeOf(name: Name): number {
    const names = this.#names;
    for (let at = 0; at < names.length; at += 1) if (names[at] === name) return at;
    return 0;
  }
}
