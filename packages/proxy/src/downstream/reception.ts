import type { Socket } from 'node:net';
import type { Exchange } from '../exchange.ts';
import type { Refusal } from '../refusal.ts';

/** Longer than common balancers keep an idle connection, so that they are the ones who close it. */
export const KEEP_ALIVE_MS = 65_000;

/** What is known of the peer of a connection. */
export type Peer = Pick<Exchange, 'trusted' | 'encrypted'>;

export interface Http2Limits {
  /** Streams that are open at a time. */
  readonly streams: number;
  /** Streams that the client resets in a second. */
  readonly resets: number;
}

/** What a protocol needs to receive requests. */
export interface Reception {
  readonly serve: (exchange: Exchange) => void;
  /** Answers a request that goes no further. */
  readonly turnAway: (exchange: Exchange, given: Refusal) => void;
  /** Hears of what was refused before it could be read as a request. */
  readonly unreadable?: ((socket: Socket, given: Refusal) => void) | undefined;
  /** Hears of connections that were ended for how they use HTTP/2. */
  readonly dropped?: ((reason: 'resets' | 'protocol') => void) | undefined;
  readonly peerOf: (socket: Socket) => Peer;
  /** Whether no connection is to be kept for more requests. */
  readonly isClosing: () => boolean;
  /** How long a connection may be silent; 0 is for ever. */
  readonly patienceMs: number;
  /** How long a client may take for the head of a request; 0 is for ever. */
  readonly headMs: number;
  /** How large a request's head may be. */
  readonly headerBytes: number;
  /** Of one connection of HTTP/2. */
  readonly http2: Http2Limits;
}
