/** Tinct in Koa 3: `app.use(tinct({ trust: 'mesh' }))`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TinctOptions } from '../options.ts';
import { type Tinct, tinctOf } from '../tinct.ts';
import { begin, incomingOf } from './node-request.ts';

/** What of Koa's context is used. */
export interface KoaContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

/**
 * Middleware; `use` it before all that asks for variants.
 *
 * @throws {TinctError} for an option that doesn't fit
 */
export function tinct(
  options: TinctOptions | Tinct,
): (context: KoaContext, next: () => Promise<unknown>) => Promise<unknown> {
  const service = tinctOf(options);
  return async ({ req, res }, next) => {
    const entered = service.enter(incomingOf(req));
    return begin(entered instanceof Promise ? await entered : entered, req, res, next);
  };
}
