import type { IdSink, ListReader } from './list-reader.ts';

const BLANK = /^[ \t\r]*$/;

/** A JSON value per line: objects with the id under a key, or, without a key, the ids as strings. */
export class NdjsonReader implements ListReader {
  readonly #key: string | undefined;
  readonly #sink: IdSink;

  constructor(key: string | undefined, sink: IdSink) {
    this.#key = key;
    this.#sink = sink;
  }

  line(text: string, line: number, fault: string | undefined): void {
    if (fault !== undefined) return this.#sink.bad(fault, line);
    if (BLANK.test(text)) return;
    const value = parsed(text);
    if (value === undefined) return this.#sink.bad('is not JSON', line);
    const id = this.#key === undefined ? value : at(value, this.#key);
    if (typeof id === 'string') this.#sink.id(id, line);
    else this.#sink.bad(this.#complaint(value, id), line);
  }

  end(): void {}

  #complaint(value: unknown, id: unknown): string {
    const key = this.#key;
    if (typeof id === 'number') return 'the id is a number: quote it';
    if (key === undefined) return 'is not a string: name the key of the id with `column`';
    if (!isObject(value)) return `is not an object with the key \`${key}\``;
    return id === undefined ? `has no key \`${key}\`` : 'the id is not a string';
  }
}

// The parser's own message would quote the line, and ids do not belong in logs.
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function at(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
