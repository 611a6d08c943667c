import { columnOf } from './column.ts';
import { CsvRecord } from './csv-record.ts';
import type { IdSink, ListReader } from './list-reader.ts';
import { withoutCr } from './text.ts';

/** CSV (RFC 4180) whose first line names the columns. Blank lines are ignored; spaces belong to the field. */
export class CsvReader implements ListReader {
  readonly #name: string | undefined;
  readonly #sink: IdSink;
  /** Place of the id's column and number of columns; -1 and 0 until the first line is read. */
  #column = -1;
  #width = 0;
  #record: CsvRecord | undefined;
  #from = 0;
  #lines = 0;
  #fault: string | undefined;

  constructor(name: string | undefined, sink: IdSink) {
    this.#name = name;
    this.#sink = sink;
  }

  line(text: string, line: number, fault: string | undefined): void {
    if (this.#record === undefined) {
      const plain = fault === undefined && this.#column !== -1 && !text.includes('"');
      if (plain) return this.#plain(withoutCr(text), line);
      if (withoutCr(text) === '' && fault === undefined) return;
    }
    this.#feed(text, line, fault);
  }

  end(): void {
    this.#record?.end();
    if (this.#record !== undefined) this.#finish(this.#record);
    if (this.#column === -1) columnOf([], this.#name);
  }

  /** The fast path: a line without quotes is a record. */
  #plain(text: string, line: number): void {
    if (text === '') return;
    let width = 0;
    let id = '';
    for (let from = 0; from <= text.length; width++) {
      const comma = text.indexOf(',', from);
      const to = comma === -1 ? text.length : comma;
      if (width === this.#column) id = text.slice(from, to);
      from = to + 1;
    }
    this.#take(id, width, line, 1);
  }

  #feed(text: string, line: number, fault: string | undefined): void {
    if (this.#record === undefined) {
      this.#record = new CsvRecord();
      this.#from = line;
      this.#lines = 0;
      this.#fault = undefined;
    }
    this.#record.feed(text);
    this.#lines++;
    this.#fault ??= fault;
    if (!this.#record.open) this.#finish(this.#record);
  }

  #finish(record: CsvRecord): void {
    this.#record = undefined;
    const fault = this.#fault ?? record.fault;
    if (this.#column === -1) return this.#header(record.fields, fault);
    if (fault !== undefined) return this.#sink.bad(fault, this.#from, this.#lines);
    this.#take(record.fields[this.#column] ?? '', record.fields.length, this.#from, this.#lines);
  }

  #header(names: readonly string[], fault: string | undefined): void {
    this.#column = columnOf(names, this.#name, fault);
    this.#width = names.length;
  }

  #take(id: string, width: number, line: number, lines: number): void {
    if (width === this.#width) return this.#sink.id(id, line);
    const fields = width === 1 ? '1 field' : `${width} fields`;
    this.#sink.bad(`${fields} instead of ${this.#width}`, line, lines);
  }
}
