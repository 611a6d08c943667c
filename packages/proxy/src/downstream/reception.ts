import type { Socket } from 'node:net';
import type { Exchange } from '../exchange.ts';

/** Longer than common balancers keep an idle connection, so that they are the ones who close it. */
export const KEEP_ALIVE_MS = 65_000;

/** What is known of the peer of a connection. */
export type Peer = Pick<Exchange, 'trusted' | 'encrypted'>;

/** What a protocol needs to receive requests. */
export interface Reception {
  readonly serve: (exchange: Exchange) => void;
  readonly peerOf: (socket: Socket) => Peer;
  /** Whether no connection is to be kept for more requests. */
  readonly isClosing: () => boolean;
  /** How long a connection may be silent; 0 is for ever. */
  readonly patienceMs: number;
  /** How long a client may take for the head of a request; 0 is for ever. */
  readonly headMs: number;
  /** How large a request's head may be. */
  readonly headerBytes: number;
}
