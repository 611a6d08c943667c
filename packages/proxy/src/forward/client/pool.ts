/** The HTTP/1.1 connections to one upstream. */
import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { Connection } from './connection.ts';
import {
  type ResponseHandler,
  type Upstream,
  UpstreamError,
  type UpstreamRequest,
  type UpstreamTimeouts,
} from './contract.ts';

/** Shorter than Node's servers keep an idle connection, so that few requests meet one that is being closed. */
const IDLE_MS = 4000;
const SWEEP_MS = 1000;

export class Http1Pool implements Upstream {
  readonly #url: URL;
  readonly #timeouts: UpstreamTimeouts;
  readonly #free: Connection[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #sweep: NodeJS.Timeout;

  constructor(origin: string, timeouts: UpstreamTimeouts) {
    this.#url = new URL(origin);
    this.#timeouts = timeouts;
    this.#sweep = setInterval(() => this.#closeIdle(), SWEEP_MS).unref();
  }

  dispatch(request: UpstreamRequest, handler: ResponseHandler): void {
    const free = this.#takeFree();
    if (free === undefined) this.#connect(request, handler);
    else this.#send(free, request, handler);
  }

  async destroy(): Promise<void> {
    clearInterval(this.#sweep);
    for (const socket of this.#sockets) socket.destroy();
  }

  /** The one used last: the others get idle enough to be closed. */
  #takeFree(): Connection | undefined {
    let free = this.#free.pop();
    while (free !== undefined && !free.usable) free = this.#free.pop();
    return free;
  }

  #send(connection: Connection, request: UpstreamRequest, handler: ResponseHandler): void {
    try {
      connection.send(request, handler);
    } catch (error) {
      connection.destroy();
      handler.onResponseError(null, error as Error);
    }
  }

  #connect(request: UpstreamRequest, handler: ResponseHandler): void {
    const socket = this.#open();
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    const fail = (cause?: Error) => {
      clearTimeout(timer);
      socket
        .off('error', fail)
        .off('close', lost)
        .on('error', () => {})
        .destroy();
      const error = new UpstreamError('UNREACHABLE', 'no connection to the upstream', { cause });
      handler.onResponseError(null, error);
    };
    const lost = () => fail();
    const { connectMs } = this.#timeouts;
    const timer = connectMs === 0 ? undefined : setTimeout(fail, connectMs);
    socket.on('error', fail).on('close', lost);
    socket.once(this.#url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      socket.off('error', fail).off('close', lost);
      const connection = new Connection(socket, this.#url.host, this.#timeouts, (free) =>
        this.#take(free),
      );
      this.#send(connection, request, handler);
    });
  }

  #open(): Socket {
    const { hostname, port, protocol } = this.#url;
    const host = hostname.replace(/^\[|\]$/g, '');
    // What ends by halves is a tunnel's to say; everything else ends whole.
    const to = { host, allowHalfOpen: true };
    if (protocol !== 'https:') return connect({ ...to, noDelay: true, port: Number(port || 80) });
    const options = {
      ...to,
      port: Number(port || 443),
      servername: host,
      ALPNProtocols: ['http/1.1'],
    };
    return connectSecurely(options).setNoDelay(true);
  }

  #take(connection: Connection): void {
    connection.freeSince = performance.now();
    this.#free.push(connection);
  }

  #closeIdle(): void {
    const before = performance.now() - IDLE_MS;
    const stale = this.#free.findIndex(({ freeSince }) => freeSince >= before);
    const old = this.#free.splice(0, stale < 0 ? this.#free.length : stale);
    for (const connection of old) connection.destroy();
  }
}
