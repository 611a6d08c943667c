/** What all adapters over Node's own server share. */
import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { runIn } from '../context/storage.ts';
import type { RequestContext } from '../context/types.ts';
import type { Entered, Incoming } from '../inbound/incoming.ts';
import type { Tinct } from '../tinct.ts';
import { dressHead } from './node-head.ts';

/** Frameworks that mount handlers below a path keep the whole one here. */
type Mounted = IncomingMessage & { readonly originalUrl?: string };

/** A request of Node's server, over HTTP/1.1 or HTTP/2. */
export function incomingOf(req: IncomingMessage): Incoming {
  const { rawHeaders, method = 'GET', headers } = req;
  const host = headers.host ?? headers[':authority'];
  return {
    ...{ rawHeaders, method, peer: req.socket },
    host: typeof host === 'string' ? host : '',
    path: (req as Mounted).originalUrl ?? req.url ?? '/',
  };
}

/**
 * Listeners of a request or a response hear in its context. Node emits in the context of the connection, which outlives
 * requests.
 */
export function bind(emitter: EventEmitter, context: RequestContext): void {
  const { emit } = emitter;
  const bound = (...args: Parameters<typeof emit>) =>
    runIn(context, () => emit.apply(emitter, args));
  emitter.emit = bound as typeof emit;
}

function watch(res: ServerResponse, finished: NonNullable<Entered['finished']>): void {
  const start = performance.now();
  res.once('close', () => {
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
  const { context, finished } = entered;
  dressHead(res, entered);
  bind(req, context);
  bind(res, context);
  if (finished !== undefined) watch(res, finished);
  return entered.run(next);
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
