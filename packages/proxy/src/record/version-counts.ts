/** What is counted of one variant in one arm, in one row of numbers. */
import {
  bucketIndex,
  COARSE_BOUNDS,
  DURATION_BOUNDS,
  ERROR_CAUSES,
  type ErrorCause,
  type Exemplar,
  RESPONSE_CLASSES,
  type ResponseClass,
} from '@tinct/core';
import { Examples, type Traced } from './examples.ts';
import type { Ledger } from './ledger.ts';

const CLASSES_AT = 0;
const ERRORS_AT = CLASSES_AT + RESPONSE_CLASSES.length;
const SLOW_AT = ERRORS_AT + ERROR_CAUSES.length;
const STREAMS_AT = SLOW_AT + 1;
const DURATIONS_AT = STREAMS_AT + 1;
const FIRST_BYTES_AT = DURATIONS_AT + DURATION_BOUNDS.length + 2;
/** How many numbers it takes. */
const CELLS = FIRST_BYTES_AT + COARSE_BOUNDS.length + 2;

/** One request, as it is counted. */
export interface Counted {
  readonly class: ResponseClass;
  readonly cause: ErrorCause | undefined;
  /** Milliseconds to its end. */
  readonly ms: number;
  /** Whether its duration says something. */
  readonly timed: boolean;
  readonly stream: boolean;
  /** The latency objective. */
  readonly slowMs: number | undefined;
  /** Milliseconds from its connection to the answer's head. */
  readonly firstByteMs: number | undefined;
  /** Whose trace it belongs to, where that is sampled and somebody wants to know. */
  readonly traced: Traced | undefined;
}

/** Observations by bucket, and their sum in seconds. */
export interface Observed {
  readonly counts: Float64Array;
  readonly sum: number;
  /** By bucket. */
  readonly exemplars?: readonly (Exemplar | undefined)[] | undefined;
}

export class VersionCounts {
  readonly #row: Float64Array;
  readonly #examples: Examples;

  constructor(ledger: Ledger, name: string) {
    this.#row = ledger.row(name, CELLS);
    this.#examples = new Examples(ledger, name, DURATION_BOUNDS.length + 1);
  }

  add(counted: Counted): void {
    const { cause, ms, slowMs, firstByteMs, timed, stream } = counted;
    this.#count(CLASSES_AT + RESPONSE_CLASSES.indexOf(counted.class));
    if (cause !== undefined) this.#count(ERRORS_AT + ERROR_CAUSES.indexOf(cause));
    if (stream) this.#count(STREAMS_AT);
    if (firstByteMs !== undefined) this.#observe(FIRST_BYTES_AT, COARSE_BOUNDS, firstByteMs / 1000);
    if (!timed) return;
    const givenUp = counted.class === 'abandoned' ? 1 : 0;
    const bucket = this.#observe(DURATIONS_AT, DURATION_BOUNDS, ms / 1000, givenUp);
    // An example must lie within its bucket's bounds: one that was given up counts as slower than it was.
    if (counted.traced !== undefined && givenUp === 0)
      this.#examples.note(bucket, ms / 1000, counted.traced);
    if (slowMs !== undefined && ms > slowMs) this.#count(SLOW_AT);
  }

  classOf(name: ResponseClass): number {
    return this.#row[CLASSES_AT + RESPONSE_CLASSES.indexOf(name)] ?? 0;
  }

  errorsBy(cause: ErrorCause): number {
    return this.#row[ERRORS_AT + ERROR_CAUSES.indexOf(cause)] ?? 0;
  }

  get slow(): number {
    return this.#row[SLOW_AT] ?? 0;
  }

  get streams(): number {
    return this.#row[STREAMS_AT] ?? 0;
  }

  get durations(): Observed {
    return {
      ...this.#observed(DURATIONS_AT, DURATION_BOUNDS),
      exemplars: this.#examples.all(),
    };
  }

  get firstBytes(): Observed {
    return this.#observed(FIRST_BYTES_AT, COARSE_BOUNDS);
  }

  #count(at: number): void {
    this.#row[at] = (this.#row[at] ?? 0) + 1;
  }

  /** `more`: how many buckets it counts as slower than it is. Which bucket it was. */
  #observe(at: number, bounds: readonly number[], seconds: number, more = 0): number {
    const bucket = Math.min(bounds.length, bucketIndex(bounds, seconds) + more);
    this.#row[at] = (this.#row[at] ?? 0) + seconds;
    this.#count(at + 1 + bucket);
    return bucket;
  }

  #observed(at: number, bounds: readonly number[]): Observed {
    const counts = this.#row.subarray(at + 1, at + 2 + bounds.length);
    return { counts, sum: this.#row[at] ?? 0 };
  }
}
