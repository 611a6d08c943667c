/** Where connections come in, and which protocol each of them speaks. */
import { createServer, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { firstBytes, type Verdict } from './first-bytes.ts';
import { Http1Connections } from './http1.ts';
import { Http2Sessions } from './http2.ts';
import type { Reception } from './reception.ts';
import { Senders } from './senders.ts';
import { TlsEnd, type TlsOptions } from './tls.ts';

/** How every HTTP/2 connection begins, and no HTTP/1.1 request does (RFC 9113, 3.4). */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

type Take = (socket: Socket) => void;

interface Takes {
  readonly http1: Take;
  readonly http2: Take;
}

/** Which protocol a connection speaks, by its first bytes, which are for whoever speaks it. */
function judge(seen: Buffer): Verdict<keyof Takes> | undefined {
  const length = Math.min(seen.length, PREFACE.length);
  if (!seen.subarray(0, length).equals(PREFACE.subarray(0, length)))
    return { value: 'http1', length: 0 };
  return length === PREFACE.length ? { value: 'http2', length: 0 } : undefined;
}

/** Where connections of HTTP/2 go. */
export interface Http2End {
  take(socket: Socket): void;
  /** Says that no more requests are taken; those that run end by themselves. */
  close(): void;
}

export interface FrontOptions {
  readonly tls: TlsOptions | undefined;
  /** Addresses and ranges of those whose connections begin with a PROXY protocol header. */
  readonly proxyProtocol: readonly string[];
  /** Default: to the same requests as HTTP/1.1. */
  readonly http2?: Http2End;
}

/** One address on which an edge takes HTTP/1.1 and HTTP/2, by TLS or without. */
export class Front {
  readonly server: Server;
  readonly tls: TlsEnd | undefined;
  readonly #http1: Http1Connections;
  readonly #http2: Http2End;
  readonly #headMs: number;
  readonly #sockets = new Set<Socket>();
  /** Those that have not said yet which protocol they speak. */
  readonly #fresh = new Set<Socket>();

  constructor(reception: Reception, { tls, proxyProtocol, http2: end }: FrontOptions) {
    const senders = new Senders(proxyProtocol, reception.headMs);
    this.#http1 = new Http1Connections(reception);
    this.#http2 = end ?? new Http2Sessions(reception);
    this.#headMs = reception.headMs;
    const http1: Take = (socket) => this.#http1.take(socket);
    const http2: Take = (socket) => this.#http2.take(socket);
    const onSecure = (socket: TLSSocket) => {
      senders.recognise(socket);
      if (socket.alpnProtocol === 'h2') http2(socket);
      else http1(socket);
    };
    this.tls = tls === undefined ? undefined : new TlsEnd(tls, reception.headMs, onSecure);
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      this.#fresh.add(socket);
      socket.on('close', () => this.#leave(socket));
      senders.receive(socket, () => this.#begin(socket, { http1, http2 }));
    });
  }

  /** Ends when the last connection has: idle ones at once, busy ones with their answer, all of them after the grace. */
  async drain(graceMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.server.close(() => resolve());
    this.#http2.close();
    for (const socket of this.#fresh) socket.destroy();
    this.#http1.closeTunnels();
    // A connection that was busy when the server closed may keep itself alive after its answer.
    const idle = setInterval(() => this.#http1.closeIdle(), 20);
    const grace = setTimeout(() => this.#destroy(), graceMs);
    await promise;
    clearInterval(idle);
    clearTimeout(grace);
  }

  /** Frees what was never listening. */
  close(): void {
    this.#http1.close();
  }

  #begin(socket: Socket, takes: Takes): void {
    if (this.tls === undefined)
      return firstBytes(socket, this.#headMs, judge, (protocol) => {
        this.#fresh.delete(socket);
        takes[protocol](socket);
      });
    this.#fresh.delete(socket);
    socket.on('error', () => {});
    this.tls.server.emit('connection', socket);
  }

  #leave(socket: Socket): void {
    this.#sockets.delete(socket);
    this.#fresh.delete(socket);
  }

  #destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
