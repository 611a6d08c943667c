import type { ListFormat } from '@tinct/core';
import { CsvReader } from './csv.ts';
import { NdjsonReader } from './ndjson.ts';
import { TextReader } from './text.ts';

/** Where a reader puts what it finds. */
export interface IdSink {
  id(id: string, line: number): void;
  /** Lines that yield no id: `line` and, where a record spans several, those behind it. */
  bad(reason: string, line: number, lines?: number): void;
}

/** Finds the ids in a list's lines; one per format. */
export interface ListReader {
  /**
   * The next line, without its line feed. `fault` says why its text cannot be trusted; the text then only
   * shows where the line's quotes are. Throws a {@link ColumnError}.
   */
  line(text: string, line: number, fault: string | undefined): void;
  /** Nothing follows. Throws a {@link ColumnError}. */
  end(): void;
}

export type ReaderFactory = (column: string | undefined, sink: IdSink) => ListReader;

export const READERS: Readonly<Record<ListFormat, ReaderFactory>> = {
  csv: (column, sink) => new CsvReader(column, sink),
  ndjson: (column, sink) => new NdjsonReader(column, sink),
  text: (_, sink) => new TextReader(sink),
};
