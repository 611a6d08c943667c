import { Readable } from 'node:stream';
import type { ClientRequest } from '../exchange.ts';

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
  readonly #onData = (chunk: Buffer) => {
    if (!this.push(chunk)) this.#req.pause();
  };
  readonly #onEnd = () => {
    this.push(null);
  };

  constructor(req: ClientRequest) {
    super({ highWaterMark: AHEAD_BYTES });
    this.#req = req;
    req.on('data', this.#onData).on('end', this.#onEnd);
    req.pause();
  }

  override _read(): void {
    this.#req.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#req.off('data', this.#onData).off('end', this.#onEnd);
    this.#req.resume();
    callback(error);
  }
}
