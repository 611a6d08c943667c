/** HTTP/1.1 from clients: connections that are read and written by the edge itself. */
import type { Socket } from 'node:net';
import { Http1Connection, type Http1Owner } from './http1-connection.ts';
import type { Reception } from './reception.ts';
import { type Read, takeOver } from './shared-reads.ts';

/** How often connections are looked at, in ms: in production, and where a test wants to see something end. */
const [SELDOM_MS, OFTEN_MS] = [1000, 20] as const;

function everyMs({ headMs, patienceMs }: Reception): number {
  const limits = [headMs, patienceMs].filter((ms) => ms > 0);
  return Math.max(OFTEN_MS, Math.min(SELDOM_MS, ...limits.map((ms) => Math.ceil(ms / 4))));
}

/** The HTTP/1.1 connections of an edge. */
export class Http1Connections implements Http1Owner {
  readonly reception: Reception;
  readonly #open = new Map<Socket, Http1Connection>();
  readonly #tunnels = new Set<Socket>();
  readonly #sweep: NodeJS.Timeout;

  constructor(reception: Reception) {
    this.reception = reception;
    this.#sweep = setInterval(() => this.#expire(), everyMs(reception)).unref();
  }

  /** The socket that is read from here on. */
  take(given: Socket): Socket {
    const early: Buffer | null = given.read();
    let connection: Http1Connection | undefined;
    const read: Read = (memory, bytes) => connection?.readShared(memory, bytes) ?? true;
    const socket = takeOver(given, read) ?? given;
    connection = new Http1Connection(this, socket);
    this.#open.set(socket, connection);
    socket.on('close', () => {
      this.#open.delete(socket);
      this.#tunnels.delete(socket);
    });
    if (early !== null) connection.read(early);
    return socket;
  }

  offered(socket: Socket): void {
    this.#tunnels.add(socket);
  }

  /** Ends connections that wait for a request. */
  closeIdle(): void {
    for (const [socket, connection] of this.#open) if (connection.isIdle) socket.destroy();
  }

  /** Ends those that have left HTTP: they would go on for ever, and their clients come back to an edge that stays. */
  closeTunnels(): void {
    for (const socket of this.#tunnels) socket.destroySoon();
  }

  /** Frees what it needs itself. */
  close(): void {
    clearInterval(this.#sweep);
  }

  #expire(): void {
    const now = performance.now();
    for (const connection of this.#open.values()) connection.expire(now);
  }
}
