import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ClientResponse } from '../exchange.ts';
import {
  type AnsweredRequest,
  informationHead,
  type ResponseLines,
  responseHead,
} from './response-head.ts';
import { Signals } from './signals.ts';

/** The connection, as far as an answer knows it. */
export interface AnswerSink {
  readonly socket: Socket;
  readonly encrypted: boolean;
  /** Hears of each write. */
  wrote(): void;
  /** Called when all of an answer is written. */
  readonly onWritten: () => void;
}

/** Up to here a copy costs less than a second piece. */
const SMALL_BYTES = 8192;

/** A client's answer by HTTP/1.1. The head waits for what comes first: they are written at once. */
export class Http1Response extends Signals implements ClientResponse {
  readonly #sink: AnswerSink;
  readonly #asked: AnsweredRequest;
  #lines: ResponseLines | undefined;
  /** Of the head, what is not written. */
  #head = '';
  #trailers = '';
  #closed = false;
  statusCode = 200;
  shouldKeepAlive: boolean;
  writableEnded = false;
  writableFinished = false;

  constructor(sink: AnswerSink, asked: AnsweredRequest, keepAlive: boolean) {
    super();
    this.#sink = sink;
    this.#asked = asked;
    this.shouldKeepAlive = keepAlive;
  }

  get headersSent(): boolean {
    return this.#lines !== undefined;
  }

  get destroyed(): boolean {
    return this.#closed || this.#sink.socket.destroyed;
  }

  writeHead(status: number, reason: string, headers: string[]): this {
    if (this.#lines !== undefined) throw new TypeError('an answer has one head');
    const lines = responseHead(status, reason, headers, this.#asked, this.shouldKeepAlive);
    this.statusCode = status;
    this.shouldKeepAlive = lines.keepAlive;
    this.#lines = lines;
    this.#head = lines.text;
    return this;
  }

  flushHeaders(): void {
    if (this.#head !== '') this.#send('', undefined);
  }

  write(chunk: Buffer): boolean {
    if (this.writableEnded) return true;
    if (this.#lines?.hasBody !== true || chunk.length === 0) {
      this.flushHeaders();
      return true;
    }
    const { isChunked } = this.#lines;
    const before = isChunked ? `${chunk.length.toString(16)}\r\n` : '';
    return this.#send(before, chunk, isChunked ? '\r\n' : '');
  }

  end(body?: string | Buffer, encoding: BufferEncoding = 'utf8'): this {
    if (this.writableEnded) return this;
    this.writableEnded = true;
    const given = encoding === 'latin1' || typeof body !== 'string' ? body : Buffer.from(body);
    const { hasBody = false, isChunked = false } = this.#lines ?? {};
    const piece = !hasBody || given?.length === 0 ? undefined : given;
    if (!isChunked) this.#send('', piece, '', true);
    else {
      const before = piece === undefined ? '' : `${piece.length.toString(16)}\r\n`;
      const after = piece === undefined ? '' : '\r\n';
      this.#send(before, piece, `${after}0\r\n${this.#trailers}\r\n`, true);
    }
    return this;
  }

  addTrailers(trailers: [string, string][]): void {
    for (const [name, value] of trailers) this.#trailers += `${name}: ${value}\r\n`;
  }

  writeContinue(): void {
    this.writeInformation(100, []);
  }

  writeInformation(status: number, headers: string[]): void {
    const { socket } = this.#sink;
    if (this.#lines !== undefined || !socket.writable) return;
    socket.write(informationHead(status, STATUS_CODES[status] ?? '', headers), 'latin1');
  }

  /** The connection takes more. */
  drained(): void {
    if (!this.#closed) this.tell('drain');
  }

  /** All of it is written. */
  finish(): void {
    if (this.#closed) return;
    this.writableFinished = true;
    this.tell('finish');
    this.close();
  }

  /** Nothing more can be said. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.tell('close');
  }

  /** A piece with what stands around it and the head, if that is not written. A body of text is Latin-1. */
  #send(before: string, body: Buffer | string | undefined, after = '', isLast = false): boolean {
    const { socket } = this.#sink;
    const start = this.#head + before;
    this.#head = '';
    // Whoever is gone gets nothing.
    if (this.#closed || !socket.writable) return true;
    this.#sink.wrote();
    if (typeof body === 'object' && body.length > SMALL_BYTES)
      return this.#sendParts(start, body, after, isLast);
    const text = typeof body === 'object' ? body.toString('latin1') : (body ?? '');
    return this.#write(start + text + after, isLast);
  }

  #sendParts(before: string, body: Buffer, after: string, isLast: boolean): boolean {
    const { socket } = this.#sink;
    socket.cork();
    if (before !== '') socket.write(before, 'latin1');
    if (after !== '') socket.write(body);
    const wantsMore = this.#write(after === '' ? body : after, isLast);
    socket.uncork();
    return wantsMore;
  }

  #write(piece: string | Buffer, isLast: boolean): boolean {
    const { socket, onWritten, encrypted } = this.#sink;
    if (!isLast) return socket.write(piece, 'latin1');
    if (encrypted || socket.writableCorked > 0) return socket.write(piece, 'latin1', onWritten);
    const wantsMore = socket.write(piece, 'latin1');
    // Mostly the kernel has taken all of it by now: a callback would have to wait for the next tick.
    if (socket.writableLength === 0) onWritten();
    else socket.write('', 'latin1', onWritten);
    return wantsMore;
  }
}
