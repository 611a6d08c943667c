import type { Socket } from 'node:net';
import type { UpstreamRequest } from './contract.ts';
import type { RequestFraming } from './request-head.ts';

export interface BodyEvents {
  /** All of it is written. */
  onSent(): void;
  /** Some of it is written. */
  onProgress(): void;
  /** It ended before its time, or is not as long as was said. */
  onBroken(cause?: Error): void;
}

const lines = (trailers: readonly string[]): string =>
  trailers.map((part, i) => (i % 2 === 0 ? `${part}: ` : `${part}\r\n`)).join('');

/** Writes a request's body to a connection, with backpressure. */
export class BodyWriter {
  readonly #socket: Socket;
  readonly #request: UpstreamRequest;
  readonly #events: BodyEvents;
  readonly #framing: RequestFraming;
  #written = 0;
  #done = false;

  constructor(
    socket: Socket,
    request: UpstreamRequest,
    framing: RequestFraming,
    events: BodyEvents,
  ) {
    this.#socket = socket;
    this.#request = request;
    this.#framing = framing;
    this.#events = events;
    request.body
      ?.on('data', (chunk: Buffer) => this.#write(chunk))
      .on('end', () => this.#end())
      .on('error', (cause: Error) => this.#break(cause))
      .on('close', () => this.#break());
  }

  /** Whether the next piece is the client's to send, and not the upstream's to take. */
  get awaitsClient(): boolean {
    return !this.#done && this.#request.body?.isPaused() === false;
  }

  drained(): void {
    if (!this.#done) this.#request.body?.resume();
  }

  /** Nobody wants the rest. */
  stop(): void {
    this.#done = true;
    this.#request.body?.destroy();
  }

  #write(chunk: Buffer): void {
    if (this.#done || chunk.length === 0) return;
    this.#written += chunk.length;
    if (typeof this.#framing === 'number' && this.#written > this.#framing) return this.#break();
    if (!this.#send(chunk)) this.#request.body?.pause();
    this.#events.onProgress();
  }

  #send(chunk: Buffer): boolean {
    const socket = this.#socket;
    if (this.#framing !== 'chunked') return socket.write(chunk);
    socket.cork();
    socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1');
    socket.write(chunk);
    const wantsMore = socket.write('\r\n', 'latin1');
    socket.uncork();
    return wantsMore;
  }

  #end(): void {
    if (this.#done) return;
    if (typeof this.#framing === 'number' && this.#written !== this.#framing) return this.#break();
    this.#done = true;
    const trailers = this.#request.trailers?.() ?? [];
    if (this.#framing === 'chunked') this.#socket.write(`0\r\n${lines(trailers)}\r\n`, 'latin1');
    this.#events.onSent();
  }

  #break(cause?: Error): void {
    if (this.#done) return;
    this.#done = true;
    this.#events.onBroken(cause);
  }
}
