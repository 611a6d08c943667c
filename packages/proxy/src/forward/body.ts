import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/**
 * A request's body on its way to the upstream, with backpressure.
 *
 * Not the request itself: the client that sends forward destroys a body it could not send, and with it the
 * connection on which the client behind it still waits for an answer. When this is destroyed, what is left of the body is
 * read and thrown away.
 */
export class RequestBody extends Readable {
  readonly #req: IncomingMessage;
  readonly #onData = (chunk: Buffer) => {
    if (!this.push(chunk)) this.#req.pause();
  };
  readonly #onEnd = () => {
    this.push(null);
  };
  readonly #onClose = () => {
    if (!this.#req.complete) this.destroy(new Error('the client went away'));
  };

  constructor(req: IncomingMessage) {
    super();
    this.#req = req;
    req.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onClose);
    // Without a listener Node tells nobody; `close` follows and is enough.
    req.on('error', () => {});
    req.pause();
  }

  override _read(): void {
    this.#req.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#req.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose);
    this.#req.resume();
    callback(error);
  }
}
