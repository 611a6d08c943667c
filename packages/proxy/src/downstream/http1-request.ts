import type { ClientRequest } from '../exchange.ts';
import type { RequestLines } from './request-head.ts';
import { Signals } from './signals.ts';

/** What a request asks of its connection. */
export interface BodySource {
  pauseBody(): void;
  resumeBody(): void;
}

const NONE: string[] = [];

/** A client's request of HTTP/1.1. Its body flows when somebody says `resume`, to whoever listens to `data`. */
export class Http1Request extends Signals implements ClientRequest {
  readonly method: string;
  readonly url: string;
  readonly httpVersion: string;
  readonly rawHeaders: string[];
  readonly hasBody: boolean;
  rawTrailers: string[] = NONE;
  complete: boolean;
  #source: BodySource | undefined;

  constructor(source: BodySource, { method, url, httpVersion, headers, framing }: RequestLines) {
    super();
    this.method = method;
    this.url = url;
    this.httpVersion = httpVersion;
    this.rawHeaders = headers;
    this.hasBody = framing !== 0;
    this.complete = !this.hasBody;
    this.#source = this.hasBody ? source : undefined;
  }

  pause(): this {
    this.#source?.pauseBody();
    return this;
  }

  resume(): this {
    this.#source?.resumeBody();
    return this;
  }

  /** Some of the body came. */
  take(chunk: Buffer): void {
    this.tell('data', chunk);
  }

  /** All of it came. */
  finish(trailers: string[]): void {
    this.rawTrailers = trailers;
    this.complete = true;
    this.#source = undefined;
    this.tell('end');
    this.tell('close');
  }

  /** No more of it comes. */
  leave(): void {
    if (this.complete || this.#source === undefined) return;
    this.#source = undefined;
    this.tell('close');
  }
}
