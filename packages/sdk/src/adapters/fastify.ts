/** Tinct in Fastify 5: `app.register(tinct, { trust: 'mesh' })`. */
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import type { RequestContext } from '../context/types.ts';
import type { Entered } from '../inbound/incoming.ts';
import type { TinctOptions } from '../options.ts';
import { isTinct, type Tinct, tinctOf } from '../tinct.ts';
import { begin, incomingOf } from './node-request.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** The service's Tinct. */
    readonly tinct: Tinct;
  }
  interface FastifyRequest {
    /** What this request carries; `variant()` of `@tinct/sdk` reads the same. */
    tinct: RequestContext;
  }
}

/** The options of a Tinct, or one that was made before. */
export type TinctPluginOptions = TinctOptions | { readonly tinct: Tinct };

const given = (options: TinctPluginOptions): TinctOptions | Tinct =>
  'tinct' in options ? options.tinct : options;

function go(
  entered: Entered,
  request: FastifyRequest,
  reply: FastifyReply,
  next: () => void,
): void {
  request.tinct = entered.context;
  begin(entered, request.raw, reply.raw, next);
}

const plugin: FastifyPluginCallback<TinctPluginOptions> = (app, options, done) => {
  const from = given(options);
  const service = tinctOf(from);
  app.decorate('tinct', service);
  app.decorateRequest('tinct');
  app.addHook('onRequest', (request, reply, next) => {
    const entered = service.enter(incomingOf(request.raw));
    if (entered instanceof Promise) void entered.then((late) => go(late, request, reply, next));
    else go(entered, request, reply, next);
  });
  if (!isTinct(from))
    app.addHook('onClose', (_instance, closed) => {
      service.close();
      closed();
    });
  done();
};

/** The plugin; register it before routes. What it makes of options is closed with the server. */
export const tinct: FastifyPluginCallback<TinctPluginOptions> = fastifyPlugin(plugin, {
  fastify: '5.x',
  name: '@tinct/sdk',
});
