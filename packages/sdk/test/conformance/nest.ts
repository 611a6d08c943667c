/** NestJS over both of its servers. Decorators are applied as functions; examples/nest shows them as written by users. */
import 'reflect-metadata';
import type { IncomingMessage } from 'node:http';
import { All, Controller, Inject, Module, Req, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Tinct } from '@tinct/sdk';
import { TinctModule, TinctService } from '@tinct/sdk/nest';
import type { Adapter, Routes, Running } from './harness.ts';

type NestRequest = IncomingMessage & { readonly body?: string | undefined };
interface NestReply {
  append?(name: string, value: string): void;
  header(name: string, value: string): void;
}

/** One handler for each route, found by its path. */
function moduleOf(tinct: Tinct, routes: Routes): object {
  class Shop {
    readonly service: TinctService;
    constructor(service: TinctService) {
      this.service = service;
    }
  }
  Inject(TinctService)(Shop, undefined, 0);
  for (const [path, route] of Object.entries(routes)) {
    const handle = (req: NestRequest, reply: NestReply) => {
      const add = reply.append?.bind(reply) ?? reply.header.bind(reply);
      const body = typeof req.body === 'string' ? req.body : '';
      return route({ body, header: (name, value) => void add(name, value) });
    };
    const descriptor = { value: handle, writable: true, enumerable: true, configurable: true };
    Object.defineProperty(Shop.prototype, path, descriptor);
    All(path)(Shop.prototype, path, descriptor);
    Req()(Shop.prototype, path, 0);
    Res({ passthrough: true })(Shop.prototype, path, 1);
  }
  Controller()(Shop);
  class App {}
  Module({ imports: [TinctModule.forRoot(tinct)], controllers: [Shop] })(App);
  return App;
}

async function onExpress(tinct: Tinct, routes: Routes): Promise<Running> {
  const app = await NestFactory.create<NestExpressApplication>(
    moduleOf(tinct, routes) as never,
    new ExpressAdapter(),
    { logger: false, forceCloseConnections: true },
  );
  // biome-ignore lint/correctness/useHookAtTopLevel: Nest's method, not React's hook.
  app.useBodyParser('text');
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), close: () => app.close() };
}

async function onFastify(tinct: Tinct, routes: Routes): Promise<Running> {
  const app = await NestFactory.create<NestFastifyApplication>(
    moduleOf(tinct, routes) as never,
    new FastifyAdapter({ forceCloseConnections: true }),
    { logger: false },
  );
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), close: () => app.close() };
}

export const NEST: readonly Adapter[] = [
  {
    name: 'NestJS 12, Express',
    skips: {
      'the context survives a body that comes later':
        'Nest reads bodies on Express before the middleware of any module: none comes later',
    },
    start: onExpress,
  },
  { name: 'NestJS 12, Fastify', start: onFastify },
];
