/** The reader of each format. */
import type { ListFormat } from '@tinct/core';
import { CsvReader } from './csv.ts';
import type { ReaderFactory } from './list-reader.ts';
import { NdjsonReader } from './ndjson.ts';
import { TextReader } from './text.ts';

export const READERS: Readonly<Record<ListFormat, ReaderFactory>> = {
  csv: (column, sink) => new CsvReader(column, sink),
  ndjson: (column, sink) => new NdjsonReader(column, sink),
  text: (_, sink) => new TextReader(sink),
};
