/** HTTP/2 from clients: Node's own sessions, held to limits that one client cannot exceed. */
import {
  constants,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerSessionOptions,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { Exchange } from '../exchange.ts';
import { leave } from '../forward/tunnel.ts';
import { refusal } from '../refusal.ts';
import { Http2Request } from './http2-request.ts';
import { Http2Response } from './http2-response.ts';
import { closeStream, watchReset } from './http2-streams.ts';
import { tunnelThrough } from './http2-tunnel.ts';
import { KEEP_ALIVE_MS, type Reception } from './reception.ts';
import { BURST, Resets } from './resets.ts';

const limits = ({ headerBytes, http2 }: Reception): ServerSessionOptions => ({
  settings: {
    maxConcurrentStreams: http2.streams,
    maxHeaderListSize: headerBytes,
    // WebSockets (RFC 8441).
    enableConnectProtocol: true,
  },
  maxHeaderListPairs: 1000,
  // Rapid reset (CVE-2023-44487), where so many come at once that the edge has no turn to count them.
  streamResetBurst: 2 * BURST * http2.resets,
  streamResetRate: 2 * http2.resets,
  maxSessionInvalidFrames: 100,
  maxSessionRejectedStreams: 100,
  // Services may send duplicates that Node holds for mistakes; they are not the edge's to judge.
  strictSingleValueFields: false,
});

const { NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR, NGHTTP2_CANCEL, NGHTTP2_ENHANCE_YOUR_CALM } =
  constants;

function exchangeOf(
  { peerOf }: Pick<Reception, 'peerOf'>,
  socket: Socket,
  stream: ServerHttp2Stream,
  rawHeaders: readonly string[],
  onTunnel: (stream: ServerHttp2Stream) => void,
): Exchange {
  const req = new Http2Request(stream, rawHeaders);
  const res = new Http2Response(stream, req);
  const tunnel = req.key === undefined ? undefined : tunnelThrough(stream, req.key, onTunnel);
  // An answer that opens no tunnel ends its stream: nobody waits for what the client would say in it.
  if (tunnel !== undefined) res.shouldKeepAlive = false;
  const startedAt = performance.now();
  return {
    req,
    res,
    socket,
    tunnel,
    ...peerOf(socket),
    awaitsContinue: req.awaitsContinue,
    elapsed: () => performance.now() - startedAt,
    gone: () => stream.destroyed,
    cut: () => closeStream(stream, NGHTTP2_INTERNAL_ERROR),
    hush: () => closeStream(stream, NGHTTP2_NO_ERROR),
  };
}

/** As RFC 9113 counts, 6.5.2. Node announces the limit and doesn't hold clients to it. */
const sizeOf = (rawHeaders: readonly string[]): number =>
  rawHeaders.reduce((size, part) => size + part.length + 16, 0);

/** The HTTP/2 connections of an edge. */
export class Http2Sessions {
  readonly #reception: Reception;
  readonly #options: ServerSessionOptions;
  readonly #open = new Set<ServerHttp2Session>();
  readonly #tunnels = new Set<ServerHttp2Stream>();

  constructor(reception: Reception) {
    this.#reception = reception;
    this.#options = limits(reception);
  }

  take(socket: Socket): void {
    const session = performServerHandshake(socket, this.#options) as ServerHttp2Session;
    const streams = new Set<ServerHttp2Stream>();
    const resets = new Resets(this.#reception.http2.resets, performance.now());
    this.#open.add(session);
    session
      .on('error', ({ code }: NodeJS.ErrnoException) => {
        // Not where the connection itself broke.
        if (code === 'ERR_HTTP2_ERROR')
          this.#reception.dropped?.(resets.tooMany ? 'resets' : 'protocol');
      })
      .on('close', () => this.#open.delete(session))
      .on('stream', (stream, _, __, rawHeaders) => {
        streams.add(stream);
        stream.on('close', () => streams.delete(stream));
        watchReset(stream, () => {
          if (resets.add(performance.now()) && !session.destroyed) this.#endForResets(session);
        });
        this.#receive(socket, stream, rawHeaders);
        if (this.#reception.isClosing()) session.close();
      });
    session.setTimeout(KEEP_ALIVE_MS, () => {
      if (streams.size === 0) session.close();
    });
  }

  /** Says that no more requests are taken; those that run end by themselves. */
  close(): void {
    for (const session of this.#open) session.close();
    // They would go on for ever: their clients come back to an edge that stays.
    for (const stream of this.#tunnels) leave(stream);
  }

  #endForResets(session: ServerHttp2Session): void {
    this.#reception.dropped?.('resets');
    if (!session.destroyed) session.goaway(NGHTTP2_ENHANCE_YOUR_CALM);
    // Not within the very callback in which it reads.
    setImmediate(() => session.destroy());
  }

  readonly #hold = (stream: ServerHttp2Stream): void => {
    this.#tunnels.add(stream);
    stream.on('close', () => this.#tunnels.delete(stream));
    if (this.#reception.isClosing()) leave(stream);
  };

  #receive(socket: Socket, stream: ServerHttp2Stream, rawHeaders: readonly string[]): void {
    const { patienceMs, serve, turnAway, headerBytes } = this.#reception;
    stream.on('error', () => {});
    if (patienceMs > 0) stream.setTimeout(patienceMs, () => closeStream(stream, NGHTTP2_CANCEL));
    const exchange = exchangeOf(this.#reception, socket, stream, rawHeaders, this.#hold);
    if (sizeOf(rawHeaders) > headerBytes) turnAway(exchange, refusal('TINCT_EDGE_HEAD_TOO_LARGE'));
    else serve(exchange);
  }
}
