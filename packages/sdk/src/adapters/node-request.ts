/** What all adapters over Node's own server share. */
import { AsyncResource } from 'node:async_hooks';
import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { currentContext } from '../context/storage.ts';
import type { RequestContext } from '../context/types.ts';
import type { Entered, Incoming } from '../inbound/incoming.ts';
import type { Tinct } from '../tinct.ts';
import type { Peer } from '../trust/trusted-hops.ts';
import { dressHead } from './node-head.ts';

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

/** Where a request's listeners hear: its own context, and whatever else was current when the request entered. */
class Scope extends AsyncResource {
  readonly #context: RequestContext | undefined;

  constructor() {
    super('TinctRequest');
    this.#context = currentContext();
  }

  /** Several times as cheap as to enter the context anew; and nothing at all where it is current already. */
  emit(emitter: EventEmitter, emit: EventEmitter['emit'], args: Parameters<typeof emit>): boolean {
    if (currentContext() === this.#context) return emit.apply(emitter, args);
    return this.runInAsyncScope(emit, emitter, ...args);
  }
}

/**
 * Listeners of requests, responses and sockets hear in the context in which this is called. Node emits in the context of
 * the connection, which outlives requests.
 */
export function bind(...emitters: readonly EventEmitter[]): void {
  const scope = new Scope();
  for (const emitter of emitters) {
    const { emit } = emitter;
    emitter.emit = (...args: Parameters<typeof emit>) => scope.emit(emitter, emit, args);
  }
}

function watch(res: ServerResponse, finished: NonNullable<Entered['finished']>): void {
  const start = performance.now();
  res.on('close', () => {
    const status = res.headersSent ? res.statusCode : 0;
    finished({ status, durationMs: performance.now() - start });
  });
}

/** Makes a request, its response and what `next` begins see the request's decisions. */
export function begin<T>(
  entered: Entered,
  req: IncomingMessage,
  res: ServerResponse,
  next: () => T,
): T {
  const { finished } = entered;
  dressHead(res, entered);
  if (finished !== undefined) watch(res, finished);
  return entered.run(() => {
    bind(req, res);
    return next();
  });
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
