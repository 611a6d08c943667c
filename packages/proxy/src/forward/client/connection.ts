/** One HTTP/1.1 connection to an upstream: one request at a time. */
import type { Socket } from 'node:net';
import {
  type Control,
  type ResponseHandler,
  UpstreamError,
  type UpstreamRequest,
  type UpstreamTimeouts,
} from './contract.ts';
import { Deadline } from './deadline.ts';
import type { ResponseHead } from './head.ts';
import { type ParserEvents, ResponseParser } from './parser.ts';
import { BodyWriter } from './request-body.ts';
import { framingOf, requestHead } from './request-head.ts';

const EMPTY: readonly string[] = [];

/** A request on its way. */
class Running implements Control {
  readonly httpVersion = '1.1';
  readonly tellsPauses = true;
  readonly request: UpstreamRequest;
  readonly handler: ResponseHandler;
  readonly connection: Connection;
  rawHeaders: readonly string[] = EMPTY;
  rawTrailers: readonly string[] = EMPTY;
  writer: BodyWriter | undefined;
  sent = false;
  started = false;
  /** Whether the answer's own head came, after any 1xx. */
  begun = false;
  /** Whether the end of the answer came. */
  answered = false;
  aborted = false;

  constructor(connection: Connection, request: UpstreamRequest, handler: ResponseHandler) {
    this.connection = connection;
    this.request = request;
    this.handler = handler;
  }

  pause(): void {
    this.connection.pause(this);
  }

  resume(): void {
    this.connection.resume(this);
  }

  abort(_: Error): void {
    if (this.aborted) return;
    this.aborted = true;
    this.connection.drop(this);
  }
}

export class Connection implements ParserEvents {
  readonly #socket: Socket;
  readonly #host: string;
  readonly #timeouts: UpstreamTimeouts;
  readonly #onFree: (connection: Connection) => void;
  readonly #parser = new ResponseParser(this);
  #running: Running | undefined;
  readonly #deadline = new Deadline(() => this.#fail(this.#late()));
  #keepAlive = true;
  /** When it became free, by the pool's clock. */
  freeSince = 0;

  /** `onFree`: it may carry another request. */
  constructor(
    socket: Socket,
    host: string,
    timeouts: UpstreamTimeouts,
    onFree: (connection: Connection) => void,
  ) {
    this.#socket = socket;
    this.#host = host;
    this.#timeouts = timeouts;
    this.#onFree = onFree;
    socket
      .on('data', (chunk: Buffer) => this.#read(chunk))
      .on('drain', () => this.#running?.writer?.drained())
      .on('end', () => this.#ended())
      .on('error', (cause) => this.#lost(cause))
      .on('close', () => this.#lost(undefined));
  }

  get usable(): boolean {
    return this.#keepAlive && this.#running === undefined && this.#socket.writable;
  }

  destroy(): void {
    this.#keepAlive = false;
    this.#deadline.stop();
    this.#socket.destroy();
  }

  send(request: UpstreamRequest, handler: ResponseHandler): void {
    const running = new Running(this, request, handler);
    this.#running = running;
    this.#keepAlive = request.upgrade === undefined;
    const framing = framingOf(request);
    const head = requestHead(request, framing, this.#host);
    handler.onRequestStart(running);
    if (running.aborted) return;
    this.#socket.write(head, 'latin1');
    // The upstream's time begins when it has the whole request.
    const { headersMs, bodyMs } = this.#timeouts;
    this.#deadline.set(framing === undefined ? headersMs : bodyMs);
    if (framing === undefined) running.sent = true;
    else
      running.writer = new BodyWriter(this.#socket, request, framing, {
        onSent: () => this.#sent(running),
        onProgress: () => this.#deadline.refresh(),
        onBroken: (cause) =>
          this.#fail(cause ?? new UpstreamError('LOST', 'the request was cut off')),
      });
  }

  pause(running: Running): void {
    if (this.#running !== running) return;
    this.#deadline.clear();
    this.#socket.pause();
  }

  resume(running: Running): void {
    if (this.#running !== running) return;
    if (running.rawHeaders !== EMPTY) this.#deadline.set(this.#timeouts.bodyMs);
    this.#socket.resume();
  }

  /** Nobody waits for the answer: what is on its way would stand before the next one. */
  drop(running: Running): void {
    if (this.#running !== running) return;
    this.#leave(running);
    this.destroy();
  }

  onHead(head: ResponseHead): boolean {
    const running = this.#running;
    if (running === undefined || running.answered)
      throw new UpstreamError('MALFORMED', 'an answer to no request');
    const { status, reason } = head;
    if (status === 101 && running.request.upgrade === undefined)
      throw new UpstreamError('MALFORMED', 'a protocol that nobody asked for');
    if (status === 101) return this.#upgrade(running, head);
    // Nobody asked the upstream to say so: the client has been told by the edge.
    if (status === 100) return false;
    running.rawHeaders = head.headers;
    running.handler.onResponseStart(running, status, null, reason);
    if (status < 200) return false;
    running.begun = true;
    this.#keepAlive &&= head.keepAlive && head.framing !== 'close';
    this.#deadline.set(this.#timeouts.bodyMs);
    const bodiless = running.request.method === 'HEAD' || status === 204 || status === 304;
    if (bodiless && head.framing === 'close') this.#keepAlive = head.keepAlive;
    return !bodiless;
  }

  onData(chunk: Buffer): void {
    this.#deadline.refresh();
    this.#running?.handler.onResponseData(this.#running, chunk);
  }

  onText(text: string): void {
    const running = this.#running;
    if (running === undefined) return;
    const { handler } = running;
    if (handler.onResponseText === undefined)
      handler.onResponseData(running, Buffer.from(text, 'latin1'));
    else handler.onResponseText(running, text);
  }

  onEnd(trailers: string[]): void {
    const running = this.#running;
    if (running === undefined) return;
    running.answered = true;
    running.rawTrailers = trailers;
  }

  #upgrade(running: Running, { headers }: ResponseHead): false {
    running.rawHeaders = headers;
    this.#parser.stop();
    return false;
  }

  /** What came, as the first bytes of a memory that is read into again. */
  readShared(memory: Buffer, bytes: number): void {
    const running = this.#starts();
    try {
      this.#parser.executeShared(memory, bytes);
    } catch (error) {
      return this.#unreadable(running, error as Error);
    }
    this.#heard(running);
  }

  #read(chunk: Buffer): void {
    const running = this.#starts();
    try {
      this.#parser.execute(chunk);
    } catch (error) {
      return this.#unreadable(running, error as Error);
    }
    this.#heard(running);
  }

  #starts(): Running | undefined {
    const running = this.#running;
    if (running === undefined || running.started) return running;
    running.started = true;
    running.handler.onResponseStarted();
    return running;
  }

  #unreadable(running: Running | undefined, error: Error): void {
    if (running?.answered !== true) return this.#fail(error);
    // The answer was whole; what came behind it is nobody's, and the end of the connection.
    this.#keepAlive = false;
    this.#heard(running);
  }

  #heard(running: Running | undefined): void {
    if (running === undefined) return this.destroy();
    if (this.#parser.isStopped) return this.#hand(running);
    if (running.answered) this.#finish(running);
    else if (this.#running === running) running.handler.onResponsePaused?.();
  }

  /** The connection speaks another protocol from here on, and is no longer this one's. */
  #hand(running: Running): void {
    const socket = this.#socket;
    this.#leave(running);
    this.#deadline.stop();
    for (const event of ['data', 'drain', 'end', 'error', 'close'])
      socket.removeAllListeners(event);
    socket.pause();
    running.handler.onUpgrade?.(running, socket, this.#parser.unread);
  }

  #finish(running: Running): void {
    // An answer before the end of the request: the connection cannot carry another one.
    const isReusable = running.sent && this.#keepAlive && this.#parser.isIdle;
    this.#leave(running);
    if (isReusable) this.#onFree(this);
    else this.destroy();
    running.handler.onResponseEnd(running);
  }

  #sent(running: Running): void {
    running.sent = true;
    if (running.begun) this.#deadline.refresh();
    else this.#deadline.set(this.#timeouts.headersMs);
  }

  /** Who lets the other wait. */
  #late(): UpstreamError {
    const { begun = true, writer } = this.#running ?? {};
    return begun || writer?.awaitsClient !== true
      ? new UpstreamError('SLOW', 'the upstream takes too long')
      : new UpstreamError('STALLED', 'the client does not send on');
  }

  #ended(): void {
    const running = this.#running;
    const isWhole = this.#parser.finish();
    if (running?.answered === true && isWhole) this.#finish(running);
    else this.#lost(undefined);
  }

  #lost(cause: Error | undefined): void {
    this.#fail(new UpstreamError('LOST', 'the connection ended', { cause }));
  }

  #fail(error: Error): void {
    const running = this.#running;
    if (running !== undefined) this.#leave(running);
    this.destroy();
    running?.handler.onResponseError(running, error);
  }

  #leave(running: Running): void {
    this.#deadline.clear();
    this.#running = undefined;
    running.writer?.stop();
  }
}
