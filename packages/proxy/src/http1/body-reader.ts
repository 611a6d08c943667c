/** The body of an HTTP/1.1 message, from bytes as they come: the same from clients and from services. */
import type { FieldReader, Framing, Objection } from './fields.ts';

export interface BodyEvents {
  onData(chunk: Buffer): void;
  /** The message is whole. */
  onEnd(trailers: string[]): void;
}

/** How one kind of message is read. */
export interface BodyRules {
  readonly fields: FieldReader;
  readonly objection: Objection;
  /** The line before a chunk, whose first group is the chunk's size: of no more digits than a number has. */
  readonly chunkLine: RegExp;
  /** How long all trailers may be together. */
  readonly trailerBytes: number;
}

const LINE_BYTES = 4096;
const NOTHING = Buffer.alloc(0);
export const END_OF_HEAD = Buffer.from('\r\n\r\n');
const LF = 10;

type State = 'none' | 'length' | 'close' | 'size' | 'chunk' | 'gap' | 'trailers';

/** Throws what `objection` makes of a malformed body; nothing may be asked of it after that. */
export class BodyReader {
  readonly #events: BodyEvents;
  readonly #rules: BodyRules;
  #state: State = 'none';
  /** Bytes left of a body or chunk. */
  #left = 0;

  constructor(events: BodyEvents, rules: BodyRules) {
    this.#events = events;
    this.#rules = rules;
  }

  /** Whether a body is being read. */
  get isReading(): boolean {
    return this.#state !== 'none';
  }

  /** A body begins. */
  begin(framing: Framing): void {
    this.#left = typeof framing === 'number' ? framing : 0;
    this.#state = typeof framing === 'number' ? 'length' : framing === 'chunked' ? 'size' : 'close';
    if (framing === 0) this.#end([]);
  }

  /** The connection has ended: so has a body that ends with it. */
  finish(): void {
    if (this.#state === 'close') this.#end([]);
  }

  /** What is left after one step; undefined when more has to come first. */
  step(rest: Buffer): Buffer | undefined {
    switch (this.#state) {
      case 'close':
        this.#events.onData(rest);
        return NOTHING;
      case 'length':
      case 'chunk':
        return this.#body(rest);
      case 'size':
        return this.#size(rest);
      case 'gap':
        return this.#gap(rest);
      case 'trailers':
        return this.#trailers(rest);
      case 'none':
        return undefined;
    }
  }

  #body(rest: Buffer): Buffer {
    const length = Math.min(this.#left, rest.length);
    this.#left -= length;
    this.#events.onData(length === rest.length ? rest : rest.subarray(0, length));
    if (this.#left === 0) {
      if (this.#state === 'length') this.#end([]);
      else this.#state = 'gap';
    }
    return rest.subarray(length);
  }

  #size(rest: Buffer): Buffer | undefined {
    const end = rest.indexOf(LF);
    if (end < 0 ? rest.length > LINE_BYTES : end > LINE_BYTES)
      throw this.#rules.objection('too long a line');
    if (end < 0) return undefined;
    const [line, digits = ''] =
      this.#rules.chunkLine.exec(rest.toString('latin1', 0, Math.max(0, end - 1))) ?? [];
    if (line === undefined || rest[end - 1] !== 13)
      throw this.#rules.objection('a malformed chunk size');
    this.#left = Number.parseInt(digits, 16);
    this.#state = this.#left === 0 ? 'trailers' : 'chunk';
    return rest.subarray(end + 1);
  }

  #gap(rest: Buffer): Buffer | undefined {
    if (rest[0] !== 13 || (rest.length > 1 && rest[1] !== LF))
      throw this.#rules.objection('a chunk of another size');
    if (rest.length < 2) return undefined;
    this.#state = 'size';
    return rest.subarray(2);
  }

  #trailers(rest: Buffer): Buffer | undefined {
    if (rest.length >= 2 && rest[0] === 13 && rest[1] === LF) {
      this.#end([]);
      return rest.subarray(2);
    }
    const end = rest.indexOf(END_OF_HEAD);
    const most = this.#rules.trailerBytes;
    if (end < 0 ? rest.length > most + 3 : end > most)
      throw this.#rules.objection('too many trailers');
    if (end < 0) return undefined;
    this.#end(this.#rules.fields.read(rest.toString('latin1', 0, end)).headers);
    return rest.subarray(end + 4);
  }

  #end(trailers: string[]): void {
    this.#state = 'none';
    this.#events.onEnd(trailers);
  }
}
