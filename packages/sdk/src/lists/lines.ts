import { isUtf8 } from 'node:buffer';

/** The longest line, in bytes without its line feed. */
export const MAX_LINE_BYTES = 1 << 20;
/** How much is decoded at once: short pauses for everything else that the process does. */
const PIECE = 1 << 16;

const LF = 0x0a;
const NUL = 0x00;
const BOM = '\ufeff';

/** Takes a line's text, its number from 1, and why the text cannot be trusted. */
export type OnLine = (text: string, line: number, fault: string | undefined) => void;

/**
 * Bytes in, lines of text out, wherever the chunks are cut.
 *
 * Whole lines are decoded many at a time. Only where something in them is wrong are they decoded one by one,
 * so that the right one is named. (`node:readline` ends lines at U+2028 too and replaces what is not UTF-8.)
 */
export class LineSplitter {
  readonly #onLine: OnLine;
  /** The beginning of a line that goes on in the next chunk. */
  #begun: Buffer[] = [];
  #begunBytes = 0;
  /** The line that goes on is too long: its bytes are not kept. */
  #overlong = false;
  #line = 0;

  constructor(onLine: OnLine) {
    this.#onLine = onLine;
  }

  /** How many lines there were. */
  get lines(): number {
    return this.#line;
  }

  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let at = 0; at < bytes.length; at += PIECE) this.#piece(bytes.subarray(at, at + PIECE));
  }

  /** Nothing follows. */
  end(): void {
    if (this.#begunBytes > 0) this.#lastOf(Buffer.alloc(0));
  }

  #piece(bytes: Buffer): void {
    const first = bytes.indexOf(LF);
    if (first === -1) return this.#keep(bytes);
    const carries = this.#begunBytes > 0;
    if (carries) this.#lastOf(bytes.subarray(0, first));
    const end = bytes.lastIndexOf(LF) + 1;
    this.#whole(bytes.subarray(carries ? first + 1 : 0, end));
    this.#keep(bytes.subarray(end));
  }

  #keep(bytes: Buffer): void {
    if (bytes.length === 0 || this.#overlong) return;
    this.#begunBytes += bytes.length;
    this.#overlong = this.#begunBytes > MAX_LINE_BYTES;
    if (this.#overlong) this.#begun = [];
    // A copy: whoever gave the chunk may use its memory again.
    else this.#begun.push(Buffer.from(bytes));
  }

  /** Ends the line that was begun. */
  #lastOf(bytes: Buffer): void {
    this.#keep(bytes);
    const line = Buffer.concat(this.#begun);
    const overlong = this.#overlong;
    this.#begun = [];
    this.#begunBytes = 0;
    this.#overlong = false;
    if (overlong) this.#emit('', 'longer than 1 MiB');
    else this.#single(line);
  }

  /** Lines that all end with a line feed. */
  #whole(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (!isUtf8(bytes) || bytes.includes(NUL)) return this.#oneByOne(bytes);
    const text = bytes.toString('utf8');
    for (let from = 0; from < text.length; ) {
      const to = text.indexOf('\n', from);
      this.#emit(text.slice(from, to), undefined);
      from = to + 1;
    }
  }

  #oneByOne(bytes: Buffer): void {
    for (let from = 0; from < bytes.length; ) {
      const to = bytes.indexOf(LF, from);
      this.#single(bytes.subarray(from, to));
      from = to + 1;
    }
  }

  #single(line: Buffer): void {
    this.#emit(line.toString('utf8'), faultOf(line));
  }

  #emit(text: string, fault: string | undefined): void {
    this.#line++;
    const withoutBom = this.#line === 1 && text.startsWith(BOM) ? text.slice(1) : text;
    this.#onLine(withoutBom, this.#line, fault);
  }
}

function faultOf(line: Buffer): string | undefined {
  if (!isUtf8(line)) return 'is not UTF-8';
  return line.includes(NUL) ? 'holds a NUL character' : undefined;
}
