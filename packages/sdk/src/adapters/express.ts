/** Tinct in Express 5 (and whatever else takes `(req, res, next)`): `app.use(tinct({ trust: 'mesh' }))`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TinctOptions } from '../options.ts';
import { type Tinct, tinctOf } from '../tinct.ts';
import { pass } from './node-request.ts';

export type Middleware = (
  req: IncomingMessage,
  res: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * Middleware; `use` it before all that asks for variants.
 *
 * @throws {TinctError} for an option that doesn't fit
 */
export function tinct(options: TinctOptions | Tinct): Middleware {
  const service = tinctOf(options);
  return (req, res, next) => pass(service, req, res, () => next());
}
