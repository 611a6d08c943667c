/** An upstream by TLS: HTTP/2 or HTTP/1.1, as both agree when they shake hands (ALPN). */
import { isIP } from 'node:net';
import { connect, type SecureContext, type TLSSocket } from 'node:tls';
import type { ResponseHandler, Upstream, UpstreamRequest, UpstreamTimeouts } from './contract.ts';
import { established } from './established.ts';
import { Http2Upstream } from './http2-upstream.ts';
import { Http1Pool } from './pool.ts';

/** What the edge offers; `auto` is both, HTTP/2 first. */
export type UpstreamProtocol = 'auto' | 'http1' | 'http2';

export interface Security {
  readonly protocol: UpstreamProtocol;
  /** The name that the certificate must be for. Default: the URL's host. */
  readonly serverName: string | undefined;
  /** Asked for each connection: certificates change. */
  readonly context: () => SecureContext;
}

const OFFERS: Readonly<Record<UpstreamProtocol, readonly string[]>> = {
  auto: ['h2', 'http/1.1'],
  http1: ['http/1.1'],
  http2: ['h2'],
};

type Waiting = readonly [UpstreamRequest, ResponseHandler];

export class SecureUpstream implements Upstream {
  readonly #url: URL;
  readonly #timeouts: UpstreamTimeouts;
  readonly #security: Security;
  readonly #http1: Http1Pool;
  readonly #http2: Http2Upstream;
  /** Those that came while it was being agreed which protocol is spoken. */
  #waiting: Waiting[] | undefined;
  #speaksHttp1: boolean;

  /** `origin`: such as `https://shop.internal:8443`. */
  constructor(origin: string, timeouts: UpstreamTimeouts, security: Security) {
    this.#url = new URL(origin);
    this.#timeouts = timeouts;
    this.#security = security;
    this.#speaksHttp1 = security.protocol === 'http1';
    this.#http1 = new Http1Pool(origin, timeouts, () => this.#openHttp1());
    this.#http2 = new Http2Upstream(origin, timeouts);
  }

  dispatch(request: UpstreamRequest, handler: ResponseHandler): void {
    // A connection that is to change its protocol is one of HTTP/1.1.
    if (this.#speaksHttp1 || request.upgrade !== undefined)
      return this.#http1.dispatch(request, handler);
    if (this.#http2.isOpen) return this.#http2.dispatch(request, handler);
    if (this.#waiting !== undefined) return void this.#waiting.push([request, handler]);
    this.#waiting = [[request, handler]];
    this.#agree();
  }

  async destroy(): Promise<void> {
    await Promise.all([this.#http1.destroy(), this.#http2.destroy()]);
  }

  #agree(): void {
    const socket = this.#open(OFFERS[this.#security.protocol]);
    established(socket, this.#timeouts.connectMs, (error) => {
      const waiting = this.#waiting ?? [];
      this.#waiting = undefined;
      if (error !== undefined) {
        for (const [, handler] of waiting) handler.onResponseError(null, error);
        return;
      }
      this.#take(socket);
      for (const [request, handler] of waiting) this.dispatch(request, handler);
    });
  }

  #take(socket: TLSSocket): void {
    if (socket.alpnProtocol === 'h2') return this.#http2.adopt(socket);
    this.#speaksHttp1 = true;
    this.#http1.adopt(socket);
  }

  /** One that no longer takes HTTP/1.1 is asked anew. */
  #openHttp1(): TLSSocket {
    const socket = this.#open(OFFERS.http1);
    return socket.once('error', () => {
      this.#speaksHttp1 = this.#security.protocol === 'http1';
    });
  }

  #open(offer: readonly string[]): TLSSocket {
    const { hostname, port } = this.#url;
    const { serverName, context } = this.#security;
    const host = hostname.replace(/^\[|\]$/g, '');
    const named = serverName ?? (isIP(host) === 0 ? host : undefined);
    const to = {
      host,
      port: Number(port || 443),
      allowHalfOpen: true,
      secureContext: context(),
      ALPNProtocols: [...offer],
      ...(named === undefined ? {} : { servername: named }),
    };
    return connect(to).setNoDelay(true);
  }
}
