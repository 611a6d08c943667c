/** How much the edge takes on at a time. What is beyond it costs next to nothing to turn away. */
import type { Server } from 'node:net';
import { refuse } from './answer/refuse.ts';
import type { Exchange } from './exchange.ts';
import type { EdgeOptions, Limits } from './options.ts';
import { type Ledger, ownLedger, PASSING, Tally } from './record/ledger.ts';
import { refusal } from './refusal.ts';

export interface GateStats {
  readonly inFlight: number;
  /** Requests that got 503 because of the limit. */
  readonly overloaded: number;
  /** Connections that were ended, by why. Every reason is there. */
  readonly dropped: Readonly<Record<DropReason, number>>;
}

/** `limit`: one too many. `resets`: its client reset streams without end. `protocol`: it broke the rules of HTTP/2. */
export type DropReason = 'limit' | 'resets' | 'protocol';

export class Gate {
  readonly #limits: Limits;
  readonly #onServed: EdgeOptions['onServed'];
  readonly #counts: Tally<'overloaded'>;
  readonly #dropped: Tally<DropReason>;
  readonly #now: Tally<'inFlight'>;
  #inFlight = 0;

  constructor(limits: Limits, onServed: EdgeOptions['onServed'], ledger: Ledger = ownLedger) {
    this.#limits = limits;
    this.#onServed = onServed;
    this.#counts = new Tally(['overloaded'], ledger.row('gate', 1));
    this.#dropped = new Tally(['limit', 'resets', 'protocol'], ledger.row('dropped', 3));
    this.#now = new Tally(['inFlight'], ledger.row(`${PASSING}gate`, 1));
  }

  /** Holds a server to the number of connections. */
  guard(server: Server): void {
    const { connections } = this.#limits;
    if (connections > 0) server.maxConnections = connections;
    server.on('drop', () => this.dropped('limit'));
  }

  /** A connection was ended. */
  dropped(reason: DropReason): void {
    this.#dropped.add(reason);
  }

  /** Counts a request until its response closes, or answers it and says no. */
  admits(exchange: Exchange): boolean {
    if (!this.enter()) return this.#refuse(exchange);
    exchange.res.on('close', () => this.leave());
    return true;
  }

  /** Counts a request until `leave`, or that there was no room for it. */
  enter(): boolean {
    const { requests } = this.#limits;
    if (requests > 0 && this.#inFlight >= requests) {
      this.#counts.add('overloaded');
      return false;
    }
    this.#inFlight += 1;
    this.#now.add('inFlight');
    return true;
  }

  leave(): void {
    this.#inFlight -= 1;
    this.#now.add('inFlight', -1);
  }

  stats(): GateStats {
    return { ...this.#now.all(), ...this.#counts.all(), dropped: this.#dropped.all() };
  }

  #refuse(exchange: Exchange): false {
    const given = refusal('TINCT_EDGE_OVERLOADED');
    // A body that nobody reads would stand before the next request; without one, a new connection would only cost more.
    if (exchange.req.hasBody) exchange.res.shouldKeepAlive = false;
    refuse(exchange, given);
    this.#onServed?.({
      exchange,
      decisions: [],
      status: given.status,
      outcome: undefined,
      refused: given,
    });
    return false;
  }
}
