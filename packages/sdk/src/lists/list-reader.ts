/** What a format's reader is, and where it puts what it finds. */

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
