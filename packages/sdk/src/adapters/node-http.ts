/**
 * Tinct around a listener of `node:http`, `node:https` or `node:http2`:
 *
 * ```ts
 * createServer(tinct({ trust: 'mesh' }, (req, res) => res.end(variant('my-service'))))
 * ```
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TinctOptions } from '../options.ts';
import { type Tinct, tinctOf } from '../tinct.ts';
import { pass } from './node-request.ts';

export type HttpListener<
  Req extends IncomingMessage = IncomingMessage,
  Res extends ServerResponse = ServerResponse,
> = (req: Req, res: Res) => unknown;

/** @throws {TinctError} for an option that doesn't fit */
export function tinct<Req extends IncomingMessage, Res extends ServerResponse>(
  options: TinctOptions | Tinct,
  listener: HttpListener<Req, Res>,
): (req: Req, res: Res) => void {
  const service = tinctOf(options);
  return (req, res) => pass(service, req, res, () => void listener(req, res));
}
