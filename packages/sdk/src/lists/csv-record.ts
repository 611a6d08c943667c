/** The largest record, in UTF-16 code units: an unclosed quote must not swallow the rest of the file. */
export const MAX_RECORD = 1 << 20;

/**
 * One CSV record (RFC 4180), fed line by line: a quoted field may hold line ends.
 *
 * Strict: a quote stands around a whole field or is doubled within one. Whatever else is a fault, because
 * a lenient reader would guess where a field ends, and so who is in the cohort.
 */
export class CsvRecord {
  readonly fields: string[] = [];
  fault: string | undefined;
  /** A quoted field goes on in the next line. */
  open = false;
  /** What of a quoted field was read. */
  #text = '';
  #length = 0;

  /** Reads the next line, without its line feed. */
  feed(line: string): void {
    const end = line.endsWith('\r') ? line.length - 1 : line.length;
    const body = line.slice(0, end);
    this.#length += line.length + (this.open ? 1 : 0);
    if (this.#length > MAX_RECORD) this.#fail('a record above 1 MiB: a quote may not be closed');
    for (let at = 0; at <= end && this.fault === undefined; at++) at = this.#field(body, at);
    if (this.open) this.#text += `${line.slice(end)}\n`;
  }

  /** Nothing follows. */
  end(): void {
    if (this.open) this.#fail('a quote is not closed');
  }

  /** Reads the field that begins, or goes on, at `at`; gives where it ends. */
  #field(line: string, at: number): number {
    if (this.open) return this.#quoted(line, at);
    return line.startsWith('"', at) ? this.#quoted(line, at + 1) : this.#plain(line, at);
  }

  #plain(line: string, at: number): number {
    const comma = line.indexOf(',', at);
    const end = comma === -1 ? line.length : comma;
    const field = line.slice(at, end);
    if (field.includes('"')) this.#fail('a quote within a field that is not quoted');
    this.fields.push(field);
    return end;
  }

  #quoted(line: string, from: number): number {
    let at = from;
    for (;;) {
      const quote = line.indexOf('"', at);
      this.open = quote === -1;
      this.#text += line.slice(at, quote === -1 ? line.length : quote);
      if (quote === -1) return line.length;
      if (line[quote + 1] !== '"') return this.#close(line, quote + 1);
      this.#text += '"';
      at = quote + 2;
    }
  }

  #close(line: string, end: number): number {
    if (end < line.length && line[end] !== ',') this.#fail('text behind a closing quote');
    this.fields.push(this.#text);
    this.#text = '';
    return end;
  }

  #fail(fault: string): void {
    this.fault ??= fault;
    this.open = false;
  }
}
