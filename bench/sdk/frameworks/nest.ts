/** Decorators are applied as functions: this file runs as it is. */
import 'reflect-metadata';
import type { IncomingMessage } from 'node:http';
import { Controller, Get, Module, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TinctModule } from '@tinct/sdk/nest';
import { HOST, type Setup, type Start } from './setup.ts';

function moduleOf({ hello, tinct }: Setup): object {
  class Shop {
    greet(req: IncomingMessage) {
      return hello(req);
    }
  }
  const greet = Object.getOwnPropertyDescriptor(Shop.prototype, 'greet') as PropertyDescriptor;
  Get('cart')(Shop.prototype, 'greet', greet);
  Req()(Shop.prototype, 'greet', 0);
  Controller()(Shop);
  class App {}
  const imports = tinct === undefined ? [] : [TinctModule.forRoot(tinct)];
  Module({ imports, controllers: [Shop] })(App);
  return App;
}

const on =
  (adapter: () => ExpressAdapter | FastifyAdapter): Start =>
  async (setup) => {
    const app = await NestFactory.create(moduleOf(setup), adapter(), { logger: false });
    return app.listen(setup.port, HOST);
  };

export const onExpress: Start = on(() => new ExpressAdapter());
export const onFastify: Start = on(() => new FastifyAdapter());
