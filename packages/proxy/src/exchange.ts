import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** One request with its response, and what is known of the peer. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** Held apart: a request that is destroyed forgets its socket. */
  readonly socket: Socket;
  /** Whether the peer is a trusted hop: believed for identity, attributes and `X-Forwarded-*`, never for colors. */
  readonly trusted: boolean;
  /** Whether the client waits for `100 Continue` before it sends the body. */
  readonly awaitsContinue: boolean;
  /** Milliseconds since the request came. */
  readonly elapsed: () => number;
}
