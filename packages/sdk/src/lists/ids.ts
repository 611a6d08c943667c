import { FingerprintBuilder, type ListSource, MAX_ID_BYTES } from '@tinct/core';
import { LineSplitter } from './lines.ts';
import type { IdSink } from './list-reader.ts';
import { READERS } from './readers.ts';

/** How many bad lines are described; the others are counted. */
export const BAD_LINES_SHOWN = 20;

/** A line that gave no id. Never says what stands in it: ids do not belong in logs. */
export interface BadLine {
  readonly line: number;
  readonly reason: string;
}

export interface BadLines {
  readonly count: number;
  /** The first {@link BAD_LINES_SHOWN}. */
  readonly first: readonly BadLine[];
}

/** More ids than allowed: reading on would only fill the memory. */
export class TooManyIdsError extends Error {}

/** Collects the fingerprints of the ids in a list's bytes. */
export class IdCollector implements IdSink {
  readonly #builder: FingerprintBuilder;
  readonly #maxIds: number;
  readonly #splitter: LineSplitter;
  readonly #end: () => void;
  readonly #first: BadLine[] = [];
  #bad = 0;

  constructor(source: ListSource, maxIds: number) {
    const reader = READERS[source.format](source.column, this);
    this.#builder = new FingerprintBuilder(source.sha256, maxIds);
    this.#maxIds = maxIds;
    this.#splitter = new LineSplitter((text, line, fault) => reader.line(text, line, fault));
    this.#end = () => reader.end();
  }

  /** Throws a `ColumnError` or a {@link TooManyIdsError}. */
  push(chunk: Uint8Array): void {
    this.#splitter.push(chunk);
  }

  /** Nothing follows. Throws as {@link push} does. */
  end(): void {
    this.#splitter.end();
    this.#end();
  }

  get lines(): number {
    return this.#splitter.lines;
  }

  get badLines(): BadLines {
    return { count: this.#bad, first: this.#first };
  }

  get builder(): FingerprintBuilder {
    return this.#builder;
  }

  id(id: string, line: number): void {
    if (this.#builder.size >= this.#maxIds)
      throw new TooManyIdsError(`more than ${this.#maxIds} ids`);
    if (id.includes('\0')) this.bad('the id holds a NUL character', line);
    else if (!this.#builder.add(id)) this.bad(whyNot(id), line);
  }

  bad(reason: string, line: number, lines = 1): void {
    this.#bad += lines;
    if (this.#first.length < BAD_LINES_SHOWN) this.#first.push({ line, reason });
  }
}

function whyNot(id: string): string {
  if (id === '') return 'has no id';
  return id.isWellFormed()
    ? `the id has more than ${MAX_ID_BYTES} bytes`
    : 'the id holds a lone surrogate';
}
