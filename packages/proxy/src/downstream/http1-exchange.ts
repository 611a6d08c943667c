import type { Socket } from 'node:net';
import type { Exchange, Tunnel } from '../exchange.ts';
import type { Http1Request } from './http1-request.ts';
import type { Http1Response } from './http1-response.ts';
import type { Peer } from './reception.ts';

/** A request of HTTP/1.1 with its answer. */
export class Http1Exchange implements Exchange {
  readonly req: Http1Request;
  readonly res: Http1Response;
  readonly socket: Socket;
  readonly trusted: boolean;
  readonly encrypted: boolean;
  readonly awaitsContinue: boolean;
  readonly tunnel: Tunnel | undefined;
  readonly #startedAt: number;

  /** `startedAt`: by `performance.now()`. */
  constructor(
    socket: Socket,
    { trusted, encrypted }: Peer,
    req: Http1Request,
    res: Http1Response,
    awaitsContinue: boolean,
    tunnel: Tunnel | undefined,
    startedAt: number,
  ) {
    this.req = req;
    this.res = res;
    this.socket = socket;
    this.trusted = trusted;
    this.encrypted = encrypted;
    this.awaitsContinue = awaitsContinue;
    this.tunnel = tunnel;
    this.#startedAt = startedAt;
  }

  elapsed(): number {
    return performance.now() - this.#startedAt;
  }

  gone(): boolean {
    return this.socket.destroyed || this.res.destroyed;
  }

  /** When only the connection's end frames a response, a reset is all that can say so. */
  cut(framed: boolean): void {
    if (framed) this.socket.destroy();
    else this.socket.resetAndDestroy();
  }

  hush(): void {
    this.socket.destroy();
  }
}
