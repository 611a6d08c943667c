/** How much the edge takes on at a time. What is beyond it costs next to nothing to turn away. */
import type { Server } from 'node:net';
import type { Exchange } from './exchange.ts';
import type { EdgeOptions, Limits } from './options.ts';
import { refusal, refuse } from './refusal.ts';

export interface GateStats {
  readonly inFlight: number;
  /** Requests that got 503 because of the limit. */
  readonly overloaded: number;
  /** Connections that were closed because of the limit. */
  readonly dropped: number;
}

const announcesBody = ({ rawHeaders }: Exchange['req']): boolean =>
  rawHeaders.some((name, i) => i % 2 === 0 && /^(content-length|transfer-encoding)$/i.test(name));

export class Gate {
  readonly #limits: Limits;
  readonly #onServed: EdgeOptions['onServed'];
  #inFlight = 0;
  #overloaded = 0;
  #dropped = 0;

  constructor(limits: Limits, onServed: EdgeOptions['onServed']) {
    this.#limits = limits;
    this.#onServed = onServed;
  }

  /** Holds a server to the number of connections. */
  guard(server: Server): void {
    const { connections } = this.#limits;
    if (connections > 0) server.maxConnections = connections;
    server.on('drop', () => {
      this.#dropped += 1;
    });
  }

  /** Counts a request until its response closes, or answers it and says no. */
  admits(exchange: Exchange): boolean {
    const { requests } = this.#limits;
    if (requests > 0 && this.#inFlight >= requests) return this.#refuse(exchange);
    this.#inFlight += 1;
    exchange.res.on('close', () => {
      this.#inFlight -= 1;
    });
    return true;
  }

  stats(): GateStats {
    return { inFlight: this.#inFlight, overloaded: this.#overloaded, dropped: this.#dropped };
  }

  #refuse(exchange: Exchange): false {
    this.#overloaded += 1;
    const given = refusal('TINCT_EDGE_OVERLOADED');
    // A body that nobody reads would stand before the next request; without one, a new connection would only cost more.
    if (announcesBody(exchange.req)) exchange.res.shouldKeepAlive = false;
    refuse(exchange, given);
    this.#onServed?.({ exchange, decisions: [], status: given.status, outcome: undefined });
    return false;
  }
}
