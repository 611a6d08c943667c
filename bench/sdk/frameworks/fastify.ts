import { tinct as plugin } from '@tinct/sdk/fastify';
import Fastify from 'fastify';
import { HOST, type Start } from './setup.ts';

export const start: Start = async ({ port, hello, tinct }) => {
  const app = Fastify();
  if (tinct !== undefined) await app.register(plugin, { tinct });
  app.get('/cart', ({ raw }, reply) => reply.send(hello(raw)));
  return app.listen({ port, host: HOST });
};
