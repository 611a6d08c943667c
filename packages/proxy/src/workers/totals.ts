/** The sum of what all workers have counted; those that are gone still count. */
import { merge, REGISTERS } from '../record/distinct.ts';
import { type Ledger, PASSING } from '../record/ledger.ts';

type Rows = Map<string, Float64Array>;
type Sketches = Map<string, Uint8Array>;

function add(to: Float64Array, row: Float64Array | undefined): void {
  const length = Math.min(to.length, row?.length ?? 0);
  for (let i = 0; i < length; i += 1) to[i] = (to[i] ?? 0) + (row?.[i] ?? 0);
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
      add(past, cells);
      this.#past.set(name, past);
    }
    this.#workers.delete(worker);
    for (const [name, registers] of this.#sketches.get(worker) ?? []) {
      const past = this.#pastSketches.get(name) ?? new Uint8Array(REGISTERS);
      merge(past, registers);
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

  registers(name: string): Uint8Array {
    return this.read(name) ?? new Uint8Array(REGISTERS);
  }

  /** What all of them have seen; `undefined`: nobody has anything. */
  read(name: string): Uint8Array | undefined {
    const sketches = [...this.#sketches.values(), this.#pastSketches];
    const found = sketches.flatMap((held) => held.get(name) ?? []);
    if (found.length < 2) return found[0];
    const all = new Uint8Array(REGISTERS);
    for (const registers of found) merge(all, registers);
    return all;
  }

  forget(): void {}
}
