/** What is counted of one variant in one arm, in one row of numbers. */
import {
  bucketIndex,
  COARSE_BOUNDS,
  DURATION_BOUNDS,
  ERROR_CAUSES,
  type ErrorCause,
  RESPONSE_CLASSES,
  type ResponseClass,
} from '@tinct/core';

const CLASSES_AT = 0;
const ERRORS_AT = CLASSES_AT + RESPONSE_CLASSES.length;
const SLOW_AT = ERRORS_AT + ERROR_CAUSES.length;
const STREAMS_AT = SLOW_AT + 1;
const DURATIONS_AT = STREAMS_AT + 1;
const FIRST_BYTES_AT = DURATIONS_AT + DURATION_BOUNDS.length + 2;
/** How many numbers it takes. */
export const CELLS = FIRST_BYTES_AT + COARSE_BOUNDS.length + 2;

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
}

/** Observations by bucket, and their sum in seconds. */
export interface Observed {
  readonly counts: Float64Array;
  readonly sum: number;
}

export class VersionCounts {
  readonly #row: Float64Array;

  /** `row`: room for {@link CELLS} numbers. */
  constructor(row: Float64Array) {
    this.#row = row;
  }

  add(counted: Counted): void {
    const { cause, ms, slowMs, firstByteMs, timed, stream } = counted;
    this.#count(CLASSES_AT + RESPONSE_CLASSES.indexOf(counted.class));
    if (cause !== undefined) this.#count(ERRORS_AT + ERROR_CAUSES.indexOf(cause));
    if (stream) this.#count(STREAMS_AT);
    if (firstByteMs !== undefined) this.#observe(FIRST_BYTES_AT, COARSE_BOUNDS, firstByteMs / 1000);
    if (!timed) return;
    const givenUp = counted.class === 'abandoned' ? 1 : 0;
    this.#observe(DURATIONS_AT, DURATION_BOUNDS, ms / 1000, givenUp);
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
    return this.#observed(DURATIONS_AT, DURATION_BOUNDS);
  }

  get firstBytes(): Observed {
    return this.#observed(FIRST_BYTES_AT, COARSE_BOUNDS);
  }

  #count(at: number): void {
    this.#row[at] = (this.#row[at] ?? 0) + 1;
  }

  /** `more`: how many buckets it counts as slower than it is. */
  #observe(at: number, bounds: readonly number[], seconds: number, more = 0): void {
    this.#row[at] = (this.#row[at] ?? 0) + seconds;
    this.#count(at + 1 + Math.min(bounds.length, bucketIndex(bounds, seconds) + more));
  }

  #observed(at: number, bounds: readonly number[]): Observed {
    const counts = this.#row.subarray(at + 1, at + 2 + bounds.length);
    return { counts, sum: this.#row[at] ?? 0 };
  }
}
