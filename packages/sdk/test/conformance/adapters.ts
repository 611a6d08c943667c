import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { serve } from '@hono/node-server';
import { tinct as express } from '@tinct/sdk/express';
import { tinct as fastify } from '@tinct/sdk/fastify';
import { tinct as hono } from '@tinct/sdk/hono';
import { tinct as nodeHttp } from '@tinct/sdk/http';
import { tinct as koa } from '@tinct/sdk/koa';
import Express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { type Adapter, listening, type Routes } from './harness.ts';
import { NEST } from './nest.ts';

const pathOf = (url = '/'): string => url.split('?')[0] ?? '/';

async function answer(req: IncomingMessage, res: ServerResponse, routes: Routes): Promise<void> {
  const header = (name: string, value: string) => void res.appendHeader(name, value);
  const route = routes[pathOf(req.url)];
  try {
    const body = req.method === 'POST' ? await text(req) : '';
    const found = await route?.({ body, header });
    if (found === undefined) res.writeHead(404).end();
    else res.writeHead(200, { 'content-type': 'text/plain' }).end(found);
  } catch {
    res.writeHead(500).end();
  }
}

const NODE_HTTP: Adapter = {
  name: 'node:http',
  start: (tinct, routes) =>
    listening(createServer(nodeHttp(tinct, (req, res) => answer(req, res, routes)))),
};

const EXPRESS: Adapter = {
  name: 'Express 5',
  start: (tinct, routes) => {
    const app = Express();
    app.set('env', 'test');
    app.use(express(tinct));
    app.use(Express.text());
    for (const [path, route] of Object.entries(routes))
      app.all(path, async (req, res) => {
        const header = (name: string, value: string) => void res.append(name, value);
        res.type('text').send(await route({ body: req.body ?? '', header }));
      });
    return listening(createServer(app));
  },
};

const FASTIFY: Adapter = {
  name: 'Fastify 5',
  start: async (tinct, routes) => {
    const app = Fastify();
    await app.register(fastify, { tinct });
    for (const [path, route] of Object.entries(routes))
      app.all(path, (request, reply) => {
        const header = (name: string, value: string) => void reply.header(name, value);
        return route({ body: (request.body as string | undefined) ?? '', header });
      });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    return {
      url,
      close: async () => {
        app.server.closeAllConnections();
        await app.close();
      },
    };
  },
};

const KOA: Adapter = {
  name: 'Koa 3',
  start: (tinct, routes) => {
    const app = new Koa();
    app.silent = true;
    app.use(koa(tinct));
    app.use(async (context) => {
      const route = routes[context.path];
      const body = context.method === 'POST' ? await text(context.req) : '';
      const header = (name: string, value: string) => context.append(name, value);
      if (route !== undefined) context.body = await route({ body, header });
    });
    return listening(createServer(app.callback()));
  },
};

const HONO: Adapter = {
  name: 'Hono 4',
  start: async (tinct, routes) => {
    const app = new Hono();
    app.onError((_error, context) => context.text('', 500));
    app.use(hono(tinct));
    for (const [path, route] of Object.entries(routes))
      app.all(path, async (context) => {
        const header = (name: string, value: string) =>
          context.header(name, value, { append: true });
        const body = context.req.method === 'POST' ? await context.req.text() : '';
        return context.text(await route({ body, header }));
      });
    const { promise, resolve } = Promise.withResolvers<number>();
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve(port),
    );
    return {
      url: `http://127.0.0.1:${await promise}`,
      close: () =>
        new Promise((closed) => {
          if ('closeAllConnections' in server) server.closeAllConnections();
          server.close(() => closed());
        }),
    };
  },
};

export const ADAPTERS: readonly Adapter[] = [NODE_HTTP, EXPRESS, FASTIFY, KOA, HONO, ...NEST];
