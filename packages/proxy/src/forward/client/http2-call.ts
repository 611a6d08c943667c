import { type ClientHttp2Stream, constants } from 'node:http2';
import {
  type Control,
  type ResponseHandler,
  UpstreamError,
  type UpstreamRequest,
  type UpstreamTimeouts,
} from './contract.ts';
import { fieldsObject, saying, withoutPseudo } from './fields.ts';

const { NGHTTP2_CANCEL, NGHTTP2_FLAG_END_STREAM, NGHTTP2_NO_ERROR } = constants;

/** gRPC's streams may wait for each other as they like: an open request is none that is still being sent. */
const isConversation = (headers: readonly string[]): boolean =>
  headers.some(
    (part, i) =>
      i % 2 === 1 &&
      part.startsWith('application/grpc') &&
      headers[i - 1]?.toLowerCase() === 'content-type',
  );

/** One request on a stream of its own. */
export class Http2Call implements Control {
  readonly httpVersion = '2.0';
  readonly #stream: ClientHttp2Stream;
  readonly #request: UpstreamRequest;
  readonly #handler: ResponseHandler;
  readonly #timeouts: UpstreamTimeouts;
  #timer: NodeJS.Timeout | undefined;
  #over = false;
  /** Whether the service waits for more of a request that is no conversation. */
  #uploads: boolean;
  /** Whether trailers may follow the body. */
  readonly #trails: boolean;
  rawHeaders: readonly string[] = [];
  rawTrailers: readonly string[] = [];

  constructor(
    stream: ClientHttp2Stream,
    request: UpstreamRequest,
    handler: ResponseHandler,
    timeouts: UpstreamTimeouts,
    trails: boolean,
  ) {
    this.#trails = trails;
    this.#stream = stream;
    this.#request = request;
    this.#handler = handler;
    this.#timeouts = timeouts;
    this.#uploads = request.body !== null && !isConversation(request.headers);
  }

  start(): void {
    this.#stream
      .on('headers', (headers, _, raw) => this.#begin(headers[':status'], raw))
      .on('response', (headers, flags, raw) => this.#respond(headers[':status'], flags, raw))
      .on('data', (chunk: Buffer) => this.#receive(chunk))
      .on('trailers', (_, __, raw) => {
        this.rawTrailers = withoutPseudo(raw);
      })
      .on('end', () => this.#end())
      .on('error', () => {})
      .on('close', () => this.#lost())
      .on('wantTrailers', () =>
        saying(this.#stream, fieldsObject(this.#request.trailers?.() ?? []), (to, fields) =>
          to.sendTrailers(fields),
        ),
      );
    this.#handler.onRequestStart(this);
    if (this.#over) return;
    this.#awaitAnswer();
    this.#upload();
  }

  pause(): void {
    clearTimeout(this.#timer);
    this.#stream.pause();
  }

  resume(): void {
    if (this.#over) return;
    if (this.rawHeaders.length > 0) this.#time(this.#timeouts.bodyMs);
    else this.#awaitAnswer();
    this.#stream.resume();
  }

  abort(_: Error): void {
    this.#leave();
    this.#cancel();
  }

  /** Node aborts the process when a stream that waits for trailers is closed while its session reads: such a one later. */
  #cancel(): void {
    if (this.#trails) setImmediate(() => this.#stream.close(NGHTTP2_CANCEL));
    else this.#stream.close(NGHTTP2_CANCEL);
  }

  #upload(): void {
    const { body } = this.#request;
    const stream = this.#stream;
    stream.on('drain', () => void body?.resume());
    body
      ?.on('data', (chunk: Buffer) => {
        this.#timer?.refresh();
        if (!stream.destroyed && !stream.write(chunk)) body.pause();
      })
      .on('end', () => {
        stream.end();
        if (!this.#uploads) return;
        this.#uploads = false;
        this.#awaitAnswer();
      })
      .on('error', (cause: Error) => this.#fail(cause))
      .on('close', () => {
        if (!body.readableEnded) this.#cancel();
      });
  }

  #begin(status = 0, raw: readonly string[] = []): void {
    if (this.#over) return;
    this.#handler.onResponseStarted();
    this.rawHeaders = withoutPseudo(raw);
    if (status !== 100) this.#handler.onResponseStart(this, status, null);
  }

  /** A response that ends with its head must reach the client so: gRPC reads a status from it. */
  #respond(status: number | undefined, flags: number, raw: readonly string[]): void {
    this.#uploads = false;
    this.#begin(status, raw);
    this.#time(this.#timeouts.bodyMs);
    if ((flags & NGHTTP2_FLAG_END_STREAM) !== 0) this.#finish();
  }

  #receive(chunk: Buffer): void {
    if (this.#over) return;
    this.#timer?.refresh();
    this.#handler.onResponseData(this, chunk);
  }

  /** Node also ends what was cut off. */
  #end(): void {
    if (!this.#stream.aborted && this.#stream.rstCode === NGHTTP2_NO_ERROR) this.#finish();
  }

  #finish(): void {
    if (this.#over) return;
    this.#leave();
    this.#request.body?.destroy();
    this.#handler.onResponseEnd(this);
  }

  #lost(): void {
    this.#fail(new UpstreamError('LOST', 'the stream ended'));
  }

  #fail(error: Error): void {
    if (this.#over) return;
    this.#leave();
    this.#request.body?.destroy();
    this.#handler.onResponseError(this, error);
  }

  #leave(): void {
    clearTimeout(this.#timer);
    this.#over = true;
  }

  /** The service's time begins when it has the whole request. */
  #awaitAnswer(): void {
    this.#time(this.#uploads ? this.#timeouts.bodyMs : this.#timeouts.headersMs);
  }

  /** Who lets the other wait. */
  #late(): UpstreamError {
    return this.#uploads && this.#request.body?.isPaused() === false
      ? new UpstreamError('STALLED', 'the client does not send on')
      : new UpstreamError('SLOW', 'the upstream takes too long');
  }

  #time(ms: number): void {
    clearTimeout(this.#timer);
    if (ms === 0 || this.#over) return;
    this.#timer = setTimeout(() => {
      this.#fail(this.#late());
      this.#cancel();
    }, ms);
  }
}
