import type { IdSink, ListReader } from './list-reader.ts';

/** A line may end with CR LF. */
export function withoutCr(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/** One id per line. Blank lines are ignored; spaces belong to the id. */
export class TextReader implements ListReader {
  readonly #sink: IdSink;

  constructor(sink: IdSink) {
    this.#sink = sink;
  }

  line(text: string, line: number, fault: string | undefined): void {
    if (fault !== undefined) return this.#sink.bad(fault, line);
    const id = withoutCr(text);
    if (id !== '') this.#sink.id(id, line);
  }

  end(): void {}
}
