/** The sum of what all workers have counted; those that are gone still count. */
import { type Ledger, PASSING } from '../record/ledger.ts';

type Rows = Map<string, Float64Array>;

function add(to: Float64Array, row: Float64Array | undefined): void {
  row?.forEach((count, i) => {
    if (i < to.length) to[i] = (to[i] ?? 0) + count;
  });
}

/** A ledger to read from: each row is the sum of now. */
export class Totals implements Ledger {
  readonly #workers = new Map<object, Rows>();
  readonly #past: Rows = new Map();

  /** A worker counts in this row from now on. */
  note(worker: object, name: string, cells: Float64Array): void {
    const rows = this.#workers.get(worker) ?? new Map();
    this.#workers.set(worker, rows.set(name, cells));
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
  }

  row(name: string, cells: number): Float64Array {
    const sum = new Float64Array(cells);
    add(sum, this.#past.get(name));
    for (const rows of this.#workers.values()) add(sum, rows.get(name));
    return sum;
  }
}
