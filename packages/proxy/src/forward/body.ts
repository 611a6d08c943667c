import { Readable } from 'node:stream';
import type { ClientRequest } from '../exchange.ts';
import { UpstreamError } from './client/contract.ts';

/** What is read before the upstream has taken it: with less, each piece stops the client's connection and starts it again. */
const AHEAD_BYTES = 262_144;

/**
 * A request's body on its way to the upstream, with backpressure.
 *
 * Not the request itself: the client that sends forward destroys a body it could not send, and with it the
 * connection on which the client behind it still waits for an answer. When this is destroyed, what is left of the
 * body is read and thrown away. A client that goes away ends the whole exchange, and this with it.
 */
export class RequestBody extends Readable {
  readonly #req: ClientRequest;
  readonly #limit: number;
  #bytes = 0;
  readonly #onData = (chunk: Buffer) => {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limit) {
      this.destroy(new UpstreamError('OVERSIZE', 'the body is too large'));
      return;
    }
    if (!this.push(chunk)) this.#req.pause();
  };
  readonly #onEnd = () => {
    this.push(null);
  };

  /** `limit`: how many bytes it may have; 0 is any number. */
  constructor(req: ClientRequest, limit: number) {
    super({ highWaterMark: AHEAD_BYTES });
    this.#req = req;
    this.#limit = limit === 0 ? Number.POSITIVE_INFINITY : limit;
    req.on('data', this.#onData).on('end', this.#onEnd);
    req.pause();
  }

  override _read(): void {
    this.#req.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#req.off('data', this.#onData).off('end', this.#onEnd);
    // One that is too large is not read to its end: who knows where that is.
    if (this.#bytes > this.#limit) this.#req.pause();
    else this.#req.resume();
    callback(error);
  }
}
