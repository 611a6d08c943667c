/** The HTTP/1.1 connections to one upstream. */
import { connect, type Socket } from 'node:net';
import { Connection } from './connection.ts';
import type { ResponseHandler, Upstream, UpstreamRequest, UpstreamTimeouts } from './contract.ts';
import { established } from './established.ts';

/** Shorter than Node's servers keep an idle connection, so that few requests meet one that is being closed. */
const IDLE_MS = 4000;
const SWEEP_MS = 1000;

/** What is read from a connection at a time, at most. */
const READ_BYTES = 65_536;

/** The first bytes of a memory that is read into again as soon as this returns. */
type Read = (memory: Buffer, bytes: number) => void;

/**
 * Opens a connection that may end by halves: that is a tunnel's to say; everything else ends whole. Whoever opens may
 * hand what comes to `read`, instead of by `data`.
 */
export type Open = (read?: Read) => Socket;

/**
 * Reads into the same memory again and again: most answers are small, and Node's stream would take new memory of full
 * size for each, hand it back, and have it collected.
 */
function into(read: Read) {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  const callback = (bytes: number): boolean => {
    read(buffer, bytes);
    return true;
  };
  return { buffer, callback };
}

function openPlainly({ hostname, port }: URL): Open {
  const host = hostname.replace(/^\[|\]$/g, '');
  const to = { host, port: Number(port || 80), noDelay: true, allowHalfOpen: true };
  return (read) => connect(read === undefined ? to : { ...to, onread: into(read) });
}

export class Http1Pool implements Upstream {
  readonly #host: string;
  readonly #open: Open;
  readonly #timeouts: UpstreamTimeouts;
  readonly #free: Connection[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #sweep: NodeJS.Timeout;

  constructor(origin: string, timeouts: UpstreamTimeouts, open?: Open) {
    const url = new URL(origin);
    this.#host = url.host;
    this.#open = open ?? openPlainly(url);
    this.#timeouts = timeouts;
    this.#sweep = setInterval(() => this.#closeIdle(), SWEEP_MS).unref();
  }

  dispatch(request: UpstreamRequest, handler: ResponseHandler): void {
    // A connection that becomes a tunnel has to be a stream.
    const mayReuse = request.mayReuse !== false && request.upgrade === undefined;
    const free = mayReuse ? this.#takeFree() : undefined;
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

  /** Takes a connection that stands already, for the next request. */
  adopt(socket: Socket): void {
    this.#hold(socket);
    this.#take(this.#connectionOn(socket));
  }

  #hold(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
  }

  #connectionOn(socket: Socket): Connection {
    return new Connection(socket, this.#host, this.#timeouts, (free) => this.#take(free));
  }

  #connect(request: UpstreamRequest, handler: ResponseHandler): void {
    let connection: Connection | undefined;
    const read: Read = (memory, bytes) => connection?.readShared(memory, bytes);
    const socket = request.upgrade === undefined ? this.#open(read) : this.#open();
    this.#hold(socket);
    established(socket, this.#timeouts.connectMs, (error) => {
      if (error !== undefined) return handler.onResponseError(null, error);
      connection = this.#connectionOn(socket);
      this.#send(connection, request, handler);
    });
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
