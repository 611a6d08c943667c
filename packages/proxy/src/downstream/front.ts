/** Where connections come in, and which protocol each of them speaks. */
import { createServer, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { http1Server } from './http1.ts';
import { Http2Sessions } from './http2.ts';
import type { Reception } from './reception.ts';
import { TlsEnd, type TlsOptions } from './tls.ts';

/** How every HTTP/2 connection begins, and no HTTP/1.1 request does (RFC 9113, 3.4). */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

type Take = (socket: Socket) => void;

interface Takes {
  readonly http1: Take;
  readonly http2: Take;
}

/** Gives a connection to one of two, by its first bytes, which both of them still see. */
function sniff(socket: Socket, take: Takes, headMs: number): void {
  const ignore = () => {};
  const impatient = headMs === 0 ? undefined : setTimeout(() => socket.destroy(), headMs);
  let seen: Buffer = Buffer.alloc(0);
  const settle = (next: Take) => {
    clearTimeout(impatient);
    socket.off('readable', look).off('error', ignore).off('close', leave).off('end', over);
    socket.unshift(seen);
    next(socket);
  };
  // An end without any byte is an end.
  const over = () => void socket.end();
  const leave = () => clearTimeout(impatient);
  const look = () => {
    const chunk: Buffer | null = socket.read();
    if (chunk === null) return;
    seen = Buffer.concat([seen, chunk]);
    const length = Math.min(seen.length, PREFACE.length);
    if (!seen.subarray(0, length).equals(PREFACE.subarray(0, length))) settle(take.http1);
    else if (length === PREFACE.length) settle(take.http2);
  };
  socket.on('error', ignore).on('close', leave).on('readable', look).on('end', over);
}

/** Where connections of HTTP/2 go. */
export interface Http2End {
  take(socket: Socket): void;
  /** Says that no more requests are taken; those that run end by themselves. */
  close(): void;
}

export interface FrontOptions {
  readonly tls: TlsOptions | undefined;
  /** Default: to the same requests as HTTP/1.1. */
  readonly http2?: Http2End;
}

/** One address on which an edge takes HTTP/1.1 and HTTP/2, by TLS or without. */
export class Front {
  readonly server: Server;
  readonly tls: TlsEnd | undefined;
  readonly #http1: ReturnType<typeof http1Server>;
  readonly #http2: Http2End;
  readonly #headMs: number;
  readonly #sockets = new Set<Socket>();
  readonly #tunnels = new Set<Socket>();
  /** Those that have not said yet which protocol they speak. */
  readonly #fresh = new Set<Socket>();

  constructor(reception: Reception, { tls, http2: end }: FrontOptions) {
    this.#http1 = http1Server(reception, this.#tunnels);
    this.#http2 = end ?? new Http2Sessions(reception);
    this.#headMs = reception.headMs;
    const http1: Take = (socket) => void this.#http1.emit('connection', socket);
    const http2: Take = (socket) => this.#http2.take(socket);
    const onSecure = (socket: TLSSocket) =>
      socket.alpnProtocol === 'h2' ? http2(socket) : http1(socket);
    this.tls = tls === undefined ? undefined : new TlsEnd(tls, reception.headMs, onSecure);
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      if (this.tls === undefined) this.#sniff(socket, { http1, http2 });
      else
        this.tls.server.emit(
          'connection',
          socket.on('error', () => {}),
        );
    });
  }

  /** Ends when the last connection has: idle ones at once, busy ones with their answer, all of them after the grace. */
  async drain(graceMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.server.close(() => resolve());
    this.#http2.close();
    for (const socket of this.#fresh) socket.destroy();
    // They would go on for ever: their clients come back to an edge that stays.
    for (const socket of this.#tunnels) socket.destroySoon();
    // A connection that was busy when the server closed may keep itself alive after its answer.
    const idle = setInterval(() => this.#http1.closeIdleConnections(), 20);
    const grace = setTimeout(() => this.#destroy(), graceMs);
    await promise;
    clearInterval(idle);
    clearTimeout(grace);
  }

  /** Frees what was never listening. */
  close(): void {
    this.#http1.close();
  }

  #sniff(socket: Socket, { http1, http2 }: Takes): void {
    const settled = (take: Take) => () => {
      this.#fresh.delete(socket);
      take(socket);
    };
    this.#fresh.add(socket);
    socket.on('close', () => this.#fresh.delete(socket));
    sniff(socket, { http1: settled(http1), http2: settled(http2) }, this.#headMs);
  }

  #destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
