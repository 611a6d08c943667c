import { ServerResponse } from 'node:http';

const NOTHING = Buffer.alloc(0);
/** Up to here a copy costs less than a second piece. */
const SMALL_BYTES = 8192;

/**
 * Node's response, with a head that keeps its bytes. Node's own `flushHeaders` writes the head as UTF-8 where everything
 * else writes it byte for byte: a header with bytes above ASCII would reach the client as other bytes.
 */
export class Http1Response extends ServerResponse {
  override flushHeaders(): void {
    if (!this.writableEnded) this.write(NOTHING);
  }

  /** A small body that is there already goes out as one text with the head, byte for byte. */
  override end(done?: () => void): this;
  override end(body: unknown, done?: () => void): this;
  override end(body: unknown, encoding: BufferEncoding, done?: () => void): this;
  override end(...args: unknown[]): this {
    const [body] = args;
    return Buffer.isBuffer(body) && body.length <= SMALL_BYTES
      ? super.end(body.toString('latin1'), 'latin1')
      : super.end(...(args as []));
  }
}
