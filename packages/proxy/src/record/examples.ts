/** Of each bucket of a histogram the last request that belongs to a sampled trace: a row of numbers, for several threads too. */
import type { Exemplar } from '@tinct/core';
import { LAST, type Ledger, RECORD } from './ledger.ts';

/** A trace's id in numbers of 32 bits. */
const PARTS = [0, 1, 2, 3];
const DIGITS = 8;

const partOf = (traceId: string, part: number): number =>
  Number.parseInt(traceId.slice(part * DIGITS, (part + 1) * DIGITS), 16);

/** A request's trace, and when that was, in milliseconds since the epoch. */
export interface Traced {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  readonly time: number;
}

export class Examples {
  readonly #ledger: Ledger;
  readonly #name: string;
  readonly #buckets: number;
  #row: Float64Array | undefined;

  /** `buckets`: how many there are. It takes its space with its first example. */
  constructor(ledger: Ledger, name: string, buckets: number) {
    this.#ledger = ledger;
    this.#name = `${LAST}${name}`;
    this.#buckets = buckets;
  }

  note(bucket: number, value: number, { traceId, time }: Traced): void {
    this.#row ??= this.#ledger.row(this.#name, this.#buckets * RECORD);
    this.#row.set([time, value, ...PARTS.map((part) => partOf(traceId, part))], bucket * RECORD);
  }

  /** By bucket; `undefined`: there is none at all. */
  all(): (Exemplar | undefined)[] | undefined {
    const row = this.#row ?? this.#ledger.last(this.#name);
    if (row === undefined) return undefined;
    return Array.from({ length: this.#buckets }, (_, bucket) => exampleAt(row, bucket * RECORD));
  }
}

function exampleAt(row: Float64Array, at: number): Exemplar | undefined {
  const [time = 0, value = 0, ...parts] = row.subarray(at, at + RECORD);
  if (time === 0) return undefined;
  const traceId = parts.map((part) => part.toString(16).padStart(DIGITS, '0')).join('');
  return { traceId, value, time };
}
