import { ServerResponse } from 'node:http';

const NOTHING = Buffer.alloc(0);

/**
 * Node's response, with a head that keeps its bytes. Node's own `flushHeaders` writes the head as UTF-8 where everything
 * else writes it byte for byte: a header with bytes above ASCII would reach the client as other bytes.
 */
export class Http1Response extends ServerResponse {
  override flushHeaders(): void {
    if (!this.writableEnded) this.write(NOTHING);
  }
}
