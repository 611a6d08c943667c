import { tinct as plugin } from '@tinct/sdk/fastify';
import Fastify from 'fastify';
import { HOST, type Start } from './setup.ts';

export const start: Start = async ({ port, hello, tinct, hook }) => {
  const app = Fastify();
  if (tinct !== undefined) await app.register(plugin, { tinct });
  if (hook !== undefined) app.addHook('onRequest', hook);
  app.get('/cart', ({ raw }, reply) => reply.send(hello(raw)));
  return app.listen({ port, host: HOST });
};
