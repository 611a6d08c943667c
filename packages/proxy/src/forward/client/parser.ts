/** Responses of one HTTP/1.1 connection, from bytes as they come. */
import { fieldsOf, malformed, parseHead, type ResponseHead } from './head.ts';

export interface ParserEvents {
  /** Says whether a body may follow by the request's method. */
  onHead(head: ResponseHead): boolean;
  onData(chunk: Buffer): void;
  /** All of a body that came with its head, byte for byte as Latin-1. */
  onText(text: string): void;
  /** The response is whole. */
  onEnd(trailers: string[]): void;
}

const HEAD_BYTES = 65_536;
const LINE_BYTES = 4096;
/** Up to here an answer is read as one text. */
const WHOLE_BYTES = 8192;
const NOTHING = Buffer.alloc(0);
const END_OF_HEAD = Buffer.from('\r\n\r\n');
const CHUNK = /^([0-9a-f]{1,13})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?$/i;
const LF = 10;

type State = 'head' | 'length' | 'close' | 'size' | 'chunk' | 'gap' | 'trailers';

/** Throws an `UpstreamError` for what is no response; nothing may be asked of it after that. */
export class ResponseParser {
  readonly #events: ParserEvents;
  #state: State = 'head';
  /** What came of a head or line that isn't whole. */
  #rest: Buffer = NOTHING;
  /** Bytes left of a body or chunk. */
  #left = 0;
  #stopped = false;

  constructor(events: ParserEvents) {
    this.#events = events;
  }

  /** Whether the connection stands between two responses. */
  get isIdle(): boolean {
    return this.#state === 'head' && this.#rest.length === 0;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  execute(chunk: Buffer): void {
    let rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = NOTHING;
    while (rest.length > 0 && !this.#stopped) {
      const next = this.#step(rest);
      if (next === undefined) break;
      rest = next;
    }
    this.#rest = rest;
  }

  /**
   * As `execute`, of the first bytes of a memory that others write to afterwards. Most answers are small and come as a
   * whole: such a one is read as one text, without any piece of memory of its own.
   */
  executeShared(memory: Buffer, bytes: number): void {
    const isHead = this.#state === 'head' && this.#rest.length === 0 && !this.#stopped;
    if (!isHead || bytes > WHOLE_BYTES) return this.execute(Buffer.from(memory.subarray(0, bytes)));
    const text = memory.toString('latin1', 0, bytes);
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) return this.execute(Buffer.from(memory.subarray(0, bytes)));
    const head = parseHead(text.slice(0, end));
    const hasBody = this.#events.onHead(head);
    const start = end + 4;
    if (hasBody && head.status >= 200 && head.framing === bytes - start && bytes > start) {
      this.#events.onText(text.slice(start));
      return this.#end([]);
    }
    if (head.status >= 200) this.#begin(head, hasBody);
    this.execute(Buffer.from(memory.subarray(start, bytes)));
  }

  /** Reads no more: the connection speaks something else from here. */
  stop(): void {
    this.#stopped = true;
  }

  /** What was left unread by `stop`. */
  get unread(): Buffer {
    return this.#rest;
  }

  /** The connection has ended. False if that cuts something off. */
  finish(): boolean {
    if (this.#state === 'close') this.#end([]);
    return this.isIdle;
  }

  /** What is left after one step; undefined when more has to come first. */
  #step(rest: Buffer): Buffer | undefined {
    switch (this.#state) {
      case 'head':
        return this.#head(rest);
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
    }
  }

  #head(rest: Buffer): Buffer | undefined {
    const end = rest.indexOf(END_OF_HEAD);
    if (end < 0 ? rest.length > HEAD_BYTES : end > HEAD_BYTES) throw malformed('too large a head');
    if (end < 0) return this.#looksLikeHead(rest);
    const head = parseHead(rest.toString('latin1', 0, end));
    const after = rest.subarray(end + 4);
    const hasBody = this.#events.onHead(head);
    // An interim response is followed by the next head.
    if (head.status >= 200) this.#begin(head, hasBody);
    return after;
  }

  /** What isn't HTTP may never send the end of a head. */
  #looksLikeHead(rest: Buffer): undefined {
    const start = rest.toString('latin1', 0, Math.min(rest.length, 7));
    if (!'HTTP/1.'.startsWith(start)) throw malformed('no status line of HTTP/1.1');
    return undefined;
  }

  #begin({ framing }: ResponseHead, hasBody: boolean): void {
    if (!hasBody || framing === 0) return this.#end([]);
    this.#left = typeof framing === 'number' ? framing : 0;
    this.#state = typeof framing === 'number' ? 'length' : framing === 'chunked' ? 'size' : 'close';
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
    if (end < 0 ? rest.length > LINE_BYTES : end > LINE_BYTES) throw malformed('too long a line');
    if (end < 0) return undefined;
    const [line, digits = ''] = CHUNK.exec(rest.toString('latin1', 0, Math.max(0, end - 1))) ?? [];
    if (line === undefined || rest[end - 1] !== 13) throw malformed('a malformed chunk size');
    this.#left = Number.parseInt(digits, 16);
    this.#state = this.#left === 0 ? 'trailers' : 'chunk';
    return rest.subarray(end + 1);
  }

  #gap(rest: Buffer): Buffer | undefined {
    if (rest[0] !== 13 || (rest.length > 1 && rest[1] !== LF))
      throw malformed('a chunk of another size');
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
    if (end < 0 ? rest.length > HEAD_BYTES : end > HEAD_BYTES) throw malformed('too many trailers');
    if (end < 0) return undefined;
    this.#end(fieldsOf(rest.toString('latin1', 0, end)));
    return rest.subarray(end + 4);
  }

  #end(trailers: string[]): void {
    this.#state = 'head';
    this.#events.onEnd(trailers);
  }
}
