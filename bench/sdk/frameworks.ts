/** A hello world in each framework, as its documents write it; with a Tinct, its one line of middleware stands in front. */
import 'reflect-metadata';
import { createServer } from 'node:http';
import { serve } from '@hono/node-server';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Tinct } from '@tinct/sdk';
import { tinct as express } from '@tinct/sdk/express';
import { tinct as fastify } from '@tinct/sdk/fastify';
import { tinct as hono } from '@tinct/sdk/hono';
import { tinct as nodeHttp } from '@tinct/sdk/http';
import { tinct as koa } from '@tinct/sdk/koa';
import { TinctModule } from '@tinct/sdk/nest';
import Express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';

export interface Setup {
  readonly port: number;
  /** What the handler answers. */
  readonly hello: () => { readonly hello: string };
  readonly tinct: Tinct | undefined;
}

type Start = (setup: Setup) => unknown;

const HOST = '127.0.0.1';

const onNodeHttp: Start = ({ port, hello, tinct }) => {
  const listener: Parameters<typeof nodeHttp>[1] = (_req, res) =>
    res.setHeader('content-type', 'application/json').end(JSON.stringify(hello()));
  return createServer(tinct === undefined ? listener : nodeHttp(tinct, listener)).listen(
    port,
    HOST,
  );
};

const onExpress: Start = ({ port, hello, tinct }) => {
  const app = Express();
  if (tinct !== undefined) app.use(express(tinct));
  app.get('/cart', (_req, res) => void res.json(hello()));
  return app.listen(port, HOST);
};

const onFastify: Start = async ({ port, hello, tinct }) => {
  const app = Fastify();
  if (tinct !== undefined) await app.register(fastify, { tinct });
  app.get('/cart', (_request, reply) => reply.send(hello()));
  return app.listen({ port, host: HOST });
};

const onKoa: Start = ({ port, hello, tinct }) => {
  const app = new Koa();
  if (tinct !== undefined) app.use(koa(tinct));
  app.use((context) => {
    context.body = hello();
  });
  return app.listen(port, HOST);
};

const onHono: Start = ({ port, hello, tinct }) => {
  const app = new Hono();
  if (tinct !== undefined) app.use(hono(tinct));
  app.get('/cart', (context) => context.json(hello()));
  return serve({ fetch: app.fetch, port, hostname: HOST });
};

/** Decorators are applied as functions: this file runs as it is. */
function nestModule({ hello, tinct }: Setup): object {
  class Shop {
    greet() {
      return hello();
    }
  }
  const greet = Object.getOwnPropertyDescriptor(Shop.prototype, 'greet') as PropertyDescriptor;
  Get('cart')(Shop.prototype, 'greet', greet);
  Controller()(Shop);
  class App {}
  const imports = tinct === undefined ? [] : [TinctModule.forRoot(tinct)];
  Module({ imports, controllers: [Shop] })(App);
  return App;
}

const onNest =
  (adapter: () => ExpressAdapter | FastifyAdapter): Start =>
  async (setup) => {
    const app = await NestFactory.create(nestModule(setup), adapter(), { logger: false });
    return app.listen(setup.port, HOST);
  };

export const FRAMEWORKS: Readonly<Record<string, Start>> = {
  'node:http': onNodeHttp,
  'Express 5': onExpress,
  'Fastify 5': onFastify,
  'Koa 3': onKoa,
  'Hono 4': onHono,
  'NestJS 12, Express': onNest(() => new ExpressAdapter()),
  'NestJS 12, Fastify': onNest(() => new FastifyAdapter()),
};
