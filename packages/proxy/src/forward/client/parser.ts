/** Responses of one HTTP/1.1 connection, from bytes as they come. */
import {
  type BodyEvents,
  BodyReader,
  type BodyRules,
  END_OF_HEAD,
} from '../../http1/body-reader.ts';
import { malformed, parseHead, type ResponseHead, responseFields } from './head.ts';

export interface ParserEvents extends BodyEvents {
  /** Says whether a body may follow by the request's method. */
  onHead(head: ResponseHead): boolean;
  /** All of a body that came with its head, byte for byte as Latin-1. */
  onText(text: string): void;
}

const HEAD_BYTES = 65_536;
/** Up to here an answer is read as one text. */
const WHOLE_BYTES = 8192;
const NOTHING = Buffer.alloc(0);
const RULES: BodyRules = {
  fields: responseFields,
  objection: malformed,
  chunkLine: /^([0-9a-f]{1,13})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?$/i,
  trailerBytes: HEAD_BYTES,
};

/** Throws an `UpstreamError` for what is no response; nothing may be asked of it after that. */
export class ResponseParser {
  readonly #events: ParserEvents;
  readonly #body: BodyReader;
  /** What came of a head or line that isn't whole. */
  #rest: Buffer = NOTHING;
  #stopped = false;

  constructor(events: ParserEvents) {
    this.#events = events;
    this.#body = new BodyReader(events, RULES);
  }

  /** Whether the connection stands between two responses. */
  get isIdle(): boolean {
    return !this.#body.isReading && this.#rest.length === 0;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  execute(chunk: Buffer): void {
    let rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = NOTHING;
    while (rest.length > 0 && !this.#stopped) {
      const next = this.#body.isReading ? this.#body.step(rest) : this.#head(rest);
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
    const isHead = this.isIdle && !this.#stopped;
    if (!isHead || bytes > WHOLE_BYTES) return this.execute(Buffer.from(memory.subarray(0, bytes)));
    const text = memory.toString('latin1', 0, bytes);
    const end = text.indexOf('\r\n\r\n');
    if (end < 0) return this.execute(Buffer.from(memory.subarray(0, bytes)));
    const head = parseHead(text.slice(0, end));
    const hasBody = this.#events.onHead(head);
    const start = end + 4;
    if (hasBody && head.status >= 200 && head.framing === bytes - start && bytes > start) {
      this.#events.onText(text.slice(start));
      return this.#events.onEnd([]);
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
    this.#body.finish();
    return this.isIdle;
  }

  /** What is left behind a head; undefined when more has to come first. */
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
    this.#body.begin(hasBody ? framing : 0);
  }
}
