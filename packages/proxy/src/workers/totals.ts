/** The sum of what all workers have counted; those that are gone still count. */
import { mergeDistinct, REGISTERS } from '@tinct/core';
import { LAST, type Ledger, PASSING, RECORD } from '../record/ledger.ts';

type Rows = Map<string, Float64Array>;
type Sketches = Map<string, Uint8Array>;

function add(to: Float64Array, row: Float64Array | undefined): void {
  const length = Math.min(to.length, row?.length ?? 0);
  for (let i = 0; i < length; i += 1) to[i] = (to[i] ?? 0) + (row?.[i] ?? 0);
}

/** Of two records in the same place the newer one stays. */
function keepNewest(to: Float64Array, row: Float64Array): void {
  for (let at = 0; at < row.length; at += RECORD)
    if ((row[at] ?? 0) > (to[at] ?? 0)) to.set(row.subarray(at, at + RECORD), at);
}

/** A ledger to read from: each row is the sum of now. */
export class Totals implements Ledger {
  readonly #workers = new Map<object, Rows>();
  readonly #past: Rows = new Map();
  readonly #sketches = new Map<object, Sketches>();
  readonly #pastSketches: Sketches = new Map();

  /** A worker counts in this row from now on. */
  note(worker: object, name: string, cells: Float64Array): void {
    const rows = this.#workers.get(worker) ?? new Map();
    this.#workers.set(worker, rows.set(name, cells));
  }

  /** A worker notes keys in this sketch from now on. */
  noteSketch(worker: object, name: string, registers: Uint8Array): void {
    const sketches = this.#sketches.get(worker) ?? new Map();
    this.#sketches.set(worker, sketches.set(name, registers));
  }

  /** A worker has no use for this sketch any more; others follow. */
  forgetSketch(worker: object, name: string): void {
    this.#sketches.get(worker)?.delete(name);
    this.#pastSketches.delete(name);
  }

  /** A worker is gone, and its requests in flight with it. */
  retire(worker: object): void {
    for (const [name, cells] of this.#workers.get(worker) ?? []) {
      if (name.startsWith(PASSING)) continue;
      const past = this.#past.get(name) ?? new Float64Array(cells.length);
      if (name.startsWith(LAST)) keepNewest(past, cells);
      else add(past, cells);
      this.#past.set(name, past);
    }
    this.#workers.delete(worker);
    for (const [name, registers] of this.#sketches.get(worker) ?? []) {
      const past = this.#pastSketches.get(name) ?? new Uint8Array(REGISTERS);
      mergeDistinct(past, registers);
      this.#pastSketches.set(name, past);
    }
    this.#sketches.delete(worker);
  }

  row(name: string, cells: number): Float64Array {
    const sum = new Float64Array(cells);
    add(sum, this.#past.get(name));
    for (const rows of this.#workers.values()) add(sum, rows.get(name));
    return sum;
  }

  last(name: string): Float64Array | undefined {
    const held = [...this.#workers.values(), this.#past].flatMap((rows) => rows.get(name) ?? []);
    const [first, ...others] = held;
    if (first === undefined || others.length === 0) return first;
    const newest = first.slice();
    for (const row of others) keepNewest(newest, row);
    return newest;
  }

  registers(name: string): Uint8Array {
    return this.read(name) ?? new Uint8Array(REGISTERS);
  }

  /** What all of them have seen; `undefined`: nobody has anything. */
  read(name: string): Uint8Array | undefined {
    const sketches = [...this.#sketches.values(), this.#pastSketches];
    const found = sketches.flatMap((held) => held.get(name) ?? []);
    if (found.length < 2) return found[0];
    const all = new Uint8Array(REGISTERS);
    for (const registers of found) mergeDistinct(all, registers);
    return all;
  }

  forget(): void {}
}
