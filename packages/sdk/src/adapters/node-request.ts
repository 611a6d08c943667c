/** What all adapters over Node's own server share. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Entered, Incoming } from '../inbound/incoming.ts';
import type { Tinct } from '../tinct.ts';
import type { Peer } from '../trust/trusted-hops.ts';
import { dressHead } from './node-head.ts';
import { Scope } from './node-scope.ts';

/** Frameworks that mount handlers below a path keep the whole one here. */
type Mounted = IncomingMessage & { readonly originalUrl?: string };

/** A request of Node's server, over HTTP/1.1 or HTTP/2. What only a plan needs to know is read when it is asked for: Node parses headers then. */
class NodeIncoming implements Incoming {
  readonly rawHeaders: readonly string[];
  readonly #req: IncomingMessage;

  constructor(req: IncomingMessage) {
    this.rawHeaders = req.rawHeaders;
    this.#req = req;
  }

  get peer(): Peer {
    return this.#req.socket;
  }

  get method(): string {
    return this.#req.method ?? 'GET';
  }

  get host(): string {
    const { headers } = this.#req;
    const host = headers.host ?? headers[':authority'];
    return typeof host === 'string' ? host : '';
  }

  get path(): string {
    return (this.#req as Mounted).originalUrl ?? this.#req.url ?? '/';
  }
}

export const incomingOf = (req: IncomingMessage): Incoming => new NodeIncoming(req);

/** Makes a request, its response and what `next` begins see the request's decisions. */
export function begin<T>(
  entered: Entered,
  req: IncomingMessage,
  res: ServerResponse,
  next: () => T,
): T {
  const scope = new Scope(entered);
  dressHead(res, entered);
  scope.adopt(req);
  scope.adoptResponse(res);
  return scope.enter(next);
}

/** Takes a request in and goes on with `next` in its context. */
export function pass(
  tinct: Tinct,
  req: IncomingMessage,
  res: ServerResponse,
  next: () => void,
): void {
  const entered = tinct.enter(incomingOf(req));
  if (entered instanceof Promise) void entered.then((late) => begin(late, req, res, next));
  else begin(entered, req, res, next);
}
