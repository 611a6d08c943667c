/** Requests of one HTTP/1.1 connection, from bytes as they come. One at a time: the next is read when it is asked for. */
import { BodyReader, END_OF_HEAD } from '../http1/body-reader.ts';
import {
  checkBeginning,
  LONGEST_METHOD,
  objection,
  parseRequestHead,
  type RequestLines,
  requestFields,
  Unreadable,
} from './request-head.ts';

export interface RequestEvents {
  /** A head is whole. Where a body follows, it is held back until `resume`. */
  onRequest(head: RequestLines): void;
  onData(chunk: Buffer): void;
  /** A body has ended; not heard where there is none. */
  onEnd(trailers: string[]): void;
  /** Nothing more is read. */
  onUnreadable(error: Unreadable): void;
}

const NOTHING = Buffer.alloc(0);
/** Up to here what came is read as one text: a search in that is cheaper than one in its bytes. */
const WHOLE_BYTES = 8192;
/** RFC 9112, 7.1.1, without the white space that it allows only for those who sent it once. */
const CHUNK_LINE =
  /^([0-9a-f]{1,13})(?:;[!#$%&'*+\-.^_`|~0-9a-z]+(?:=(?:[!#$%&'*+\-.^_`|~0-9a-z]+|"(?:[\t\x20\x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*"))?)*$/i;
const [CR, LF] = [13, 10] as const;

/** `wait`: a request is whole, and the next has not been asked for. */
type State = 'head' | 'body' | 'wait' | 'stopped';

/** The head that some bytes are, if they are one and nothing else. */
function onlyHead(memory: Buffer, bytes: number, most: number): string | undefined {
  if (bytes > WHOLE_BYTES || memory[0] === CR) return undefined;
  const text = memory.toString('latin1', 0, bytes);
  const end = text.indexOf('\r\n\r\n');
  return end >= 0 && end === bytes - 4 && end <= most ? text.slice(0, end) : undefined;
}

export class RequestParser {
  readonly #events: RequestEvents;
  readonly #headerBytes: number;
  readonly #body: BodyReader;
  #state: State = 'head';
  /** What came and isn't read. */
  #rest: Buffer = NOTHING;
  /** Bytes of it in which no head ends. */
  #searched = 0;
  #paused = false;
  #running = false;

  /** `headerBytes`: how long a head may be, and all trailers together. */
  constructor(events: RequestEvents, headerBytes: number) {
    this.#events = events;
    this.#headerBytes = headerBytes;
    this.#body = new BodyReader(this, {
      fields: requestFields,
      objection,
      chunkLine: CHUNK_LINE,
      trailerBytes: headerBytes,
    });
  }

  /** Bytes that came and aren't read. */
  get held(): number {
    return this.#rest.length;
  }

  /** Whether an end of the connection cuts something off, as far as is known: what is held back may be whole. */
  get isWithin(): boolean {
    if (this.#state === 'head') return this.#rest.length > 0;
    return this.#state === 'body' && !this.#paused;
  }

  get isPaused(): boolean {
    return this.#paused && this.#state === 'body';
  }

  execute(chunk: Buffer): void {
    if (this.#state === 'stopped') return;
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#run();
  }

  /**
   * As `execute`, of the first bytes of a memory that others write to afterwards. Most requests are a head that comes as a
   * whole: such a one is read as one text, without any piece of memory of its own.
   */
  executeShared(memory: Buffer, bytes: number): void {
    const head = this.#isFresh ? onlyHead(memory, bytes, this.#headerBytes) : undefined;
    if (head === undefined) this.execute(Buffer.from(memory.subarray(0, bytes)));
    else this.#run(head);
  }

  get #isFresh(): boolean {
    return this.#state === 'head' && this.#rest.length === 0 && !this.#running;
  }

  /** The request that was read is answered. */
  next(): void {
    if (this.#state !== 'wait') return;
    this.#state = 'head';
    this.#run();
  }

  /** Holds a body back. */
  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#run();
  }

  /** Reads no more; what is left unread. */
  stop(): Buffer {
    const rest = this.#rest;
    this.#state = 'stopped';
    this.#rest = NOTHING;
    return rest;
  }

  onData(chunk: Buffer): void {
    this.#events.onData(chunk);
  }

  onEnd(trailers: string[]): void {
    if (this.#state !== 'stopped') this.#state = 'wait';
    this.#events.onEnd(trailers);
  }

  /** `head`: of a request that begins. */
  #run(head?: string): void {
    // Whoever hears of a piece may ask for the next at once.
    if (this.#running) return;
    this.#running = true;
    try {
      if (head !== undefined) this.#begin(parseRequestHead(head));
      while (this.#rest.length > 0 && this.#step());
    } catch (error) {
      this.stop();
      if (!(error instanceof Unreadable)) throw error;
      this.#events.onUnreadable(error);
    } finally {
      this.#running = false;
    }
  }

  /** Whether there may be more to read. */
  #step(): boolean {
    if (this.#state === 'head') return this.#head();
    if (this.#state !== 'body' || this.#paused) return false;
    // Before it is read: who hears of it may stop.
    const rest = this.#rest;
    this.#rest = NOTHING;
    const left = this.#body.step(rest);
    if (this.#isStopped()) return false;
    this.#rest = left ?? rest;
    return left !== undefined;
  }

  #isStopped(): boolean {
    return this.#state === 'stopped';
  }

  #head(): boolean {
    const rest = this.#rest;
    // RFC 9112, 2.2: an empty line before a request is passed over.
    if (rest[0] === CR && (rest.length === 1 || rest[1] === LF)) return this.#skipLine();
    const end = rest.indexOf(END_OF_HEAD, Math.max(0, this.#searched - 3));
    const most = this.#headerBytes;
    if (end < 0 ? rest.length > most + 3 : end > most)
      throw new Unreadable('the head is too large', true);
    if (end < 0) {
      checkBeginning(rest.toString('latin1', 0, LONGEST_METHOD), this.#unchecked());
      this.#searched = rest.length;
      return false;
    }
    this.#searched = 0;
    this.#rest = end + 4 === rest.length ? NOTHING : rest.subarray(end + 4);
    this.#begin(parseRequestHead(rest.toString('latin1', 0, end)));
    return true;
  }

  /** What no earlier look has seen, with the first half of a line break: a head may come byte by byte. */
  #unchecked(): string {
    const at = this.#searched;
    return this.#rest.toString('latin1', this.#rest[at - 1] === CR ? at - 1 : at);
  }

  #skipLine(): boolean {
    if (this.#rest.length < 2) return false;
    this.#rest = this.#rest.subarray(2);
    return true;
  }

  #begin(head: RequestLines): void {
    const { framing } = head;
    this.#state = framing === 0 ? 'wait' : 'body';
    this.#paused = framing !== 0;
    if (framing !== 0) this.#body.begin(framing);
    this.#events.onRequest(head);
  }
}
