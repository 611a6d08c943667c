/** Tinct in Hono 4, on @hono/node-server: `app.use(tinct({ trust: 'mesh' }))`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MiddlewareHandler } from 'hono';
import { markHead } from '../caching/mark.ts';
import type { Entered, Incoming } from '../inbound/incoming.ts';
import type { TinctOptions } from '../options.ts';
import { type Tinct, tinctOf } from '../tinct.ts';
import { headOf } from './fetch-head.ts';
import { begin, incomingOf } from './node-request.ts';

/** What @hono/node-server gives; `app.request()` in tests gives nothing. */
interface NodeBindings {
  readonly incoming?: IncomingMessage;
  readonly outgoing?: ServerResponse;
}

/** Of a request that no socket is known of: `trust: { cidr }` believes none such. */
function withoutSocket(request: Request): Incoming {
  const { host, pathname, search } = new URL(request.url);
  return {
    rawHeaders: [...request.headers].flat(),
    peer: undefined,
    method: request.method,
    host,
    path: pathname + search,
  };
}

function dress(headers: Headers, { responseHeaders, marking }: Entered): void {
  for (const [name, value] of responseHeaders)
    if (name === 'set-cookie') headers.append(name, value);
    else headers.set(name, value);
  if (marking !== undefined) markHead(headOf(headers), marking);
}

/**
 * Middleware; `use` it before all that asks for variants.
 *
 * @throws {TinctError} for an option that doesn't fit
 */
export function tinct(options: TinctOptions | Tinct): MiddlewareHandler {
  const service = tinctOf(options);
  return async (context, next) => {
    const { incoming, outgoing } = (context.env ?? {}) as NodeBindings;
    const request = incoming === undefined ? withoutSocket(context.req.raw) : incomingOf(incoming);
    const found = service.enter(request);
    const entered = found instanceof Promise ? await found : found;
    if (incoming !== undefined && outgoing !== undefined)
      return begin(entered, incoming, outgoing, next);
    const start = performance.now();
    await entered.run(next);
    dress(context.res.headers, entered);
    entered.finished?.({ status: context.res.status, durationMs: performance.now() - start });
  };
}
