/**
 * Tinct around a listener of `node:http`, `node:https` or `node:http2`:
 *
 * ```ts
 * createServer(tinct({ trust: 'mesh' }, (req, res) => res.end(variant('my-service'))))
 * ```
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Entered } from '../inbound/incoming.ts';
import type { TinctOptions } from '../options.ts';
import { type Tinct, tinctOf } from '../tinct.ts';
import { incomingOf, pass } from './node-request.ts';
import { Scope } from './node-scope.ts';

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

/** A listener of a server's `upgrade`. */
export type UpgradeListener = (req: IncomingMessage, socket: Duplex, head: Buffer) => unknown;

/**
 * Tinct around a listener of `upgrade`: what comes over the socket, a WebSocket's messages for instance, is heard in the
 * context of the handshake.
 *
 * ```ts
 * server.on('upgrade', upgrade(service, (req, socket, head) => sockets.handleUpgrade(req, socket, head, greet)));
 * ```
 */
export function upgrade(options: TinctOptions | Tinct, listener: UpgradeListener): UpgradeListener {
  const service = tinctOf(options);
  return (req, socket, head) => {
    const go = (entered: Entered) => {
      const scope = new Scope(entered);
      scope.adopt(socket);
      scope.enter(() => void listener(req, socket, head));
    };
    const entered = service.enter(incomingOf(req));
    if (entered instanceof Promise) void entered.then(go);
    else go(entered);
  };
}
