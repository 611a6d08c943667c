import { type HttpBindings, serve } from '@hono/node-server';
import { tinct as middleware } from '@tinct/sdk/hono';
import { Hono } from 'hono';
import { HOST, type Start } from './setup.ts';

export const start: Start = ({ port, hello, tinct }) => {
  const app = new Hono<{ Bindings: HttpBindings }>();
  if (tinct !== undefined) app.use(middleware(tinct));
  app.get('/cart', (context) => context.json(hello(context.env.incoming)));
  return serve({ fetch: app.fetch, port, hostname: HOST });
};
