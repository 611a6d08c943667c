import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { type ClientRequest, type ClientResponse, LINGER_MS, type Listener } from '../exchange.ts';
import { fieldsObject, saying } from '../forward/client/fields.ts';

/**
 * An answer by HTTP/2. The head waits for what follows: a response that ends at once must end with its head, or gRPC
 * clients miss the status in it.
 */
export class Http2Response implements ClientResponse {
  readonly #stream: ServerHttp2Stream;
  readonly #req: ClientRequest;
  #head: OutgoingHttpHeaders | undefined;
  #flushed = false;
  #ended = false;
  #trailers: string[] = [];
  statusCode = 200;
  shouldKeepAlive = true;

  constructor(stream: ServerHttp2Stream, req: ClientRequest) {
    this.#stream = stream;
    this.#req = req;
    stream.on('wantTrailers', () =>
      saying(stream, fieldsObject(this.#trailers), (to, fields) => to.sendTrailers(fields)),
    );
  }

  get headersSent(): boolean {
    return this.#head !== undefined;
  }

  get writableEnded(): boolean {
    return this.#ended;
  }

  get writableFinished(): boolean {
    // Node ends the stream of a client that resets it, as if all had been said.
    return this.#ended && this.#stream.writableFinished;
  }

  get destroyed(): boolean {
    return this.#stream.destroyed;
  }

  writeHead(status: number, _: string, headers: string[]): this {
    this.statusCode = status;
    this.#head = { ':status': status, ...fieldsObject(headers) };
    return this;
  }

  flushHeaders(): void {
    this.#flush(false);
  }

  write(chunk: Buffer): boolean {
    this.#flush(false);
    return this.#stream.destroyed || this.#stream.write(chunk);
  }

  end(body?: string | Buffer, encoding: BufferEncoding = 'utf8'): this {
    this.#ended = true;
    // What is known to bring no trailers need not wait for them.
    this.#flush(body === undefined && this.#trailers.length === 0, this.#trailers.length > 0);
    if (!this.#stream.destroyed) this.#stream.end(body, encoding);
    if (!this.shouldKeepAlive && !this.#req.complete) this.#linger();
    return this;
  }

  addTrailers(trailers: [string, string][]): void {
    this.#trailers = trailers.flat();
  }

  writeContinue(): void {
    this.writeInformation(100, []);
  }

  writeInformation(status: number, headers: string[]): void {
    if (this.#flushed || this.#stream.destroyed) return;
    const hints = { ':status': status, ...fieldsObject(headers) };
    saying(this.#stream, hints, (to, fields) => to.additionalHeaders(fields));
  }

  on(event: string, listener: Listener): this {
    this.#stream.on(event, listener);
    return this;
  }

  /**
   * Whoever is refused need not send on; but to say so at once costs some clients the answer (curl 7.88 drops one that
   * is whole before its body went out, RFC 9113, 8.1 notwithstanding). What still comes is thrown away, for a while.
   */
  #linger(): void {
    const stream = this.#stream.resume();
    const timer = setTimeout(() => stream.close(constants.NGHTTP2_NO_ERROR), LINGER_MS).unref();
    stream.once('close', () => clearTimeout(timer));
  }

  #flush(endStream: boolean, waitForTrailers = true): void {
    if (this.#head === undefined || this.#flushed || this.#stream.destroyed) return;
    this.#flushed = true;
    const options = endStream ? { endStream } : { waitForTrailers };
    saying(this.#stream, this.#head, (to, fields) => to.respond(fields, options));
  }
}
