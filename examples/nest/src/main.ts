/** Starts the application on Express, or with `--fastify` on Fastify. Prints its address. */
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';

const adapter = process.argv.includes('--fastify') ? new FastifyAdapter() : new ExpressAdapter();
const app = await NestFactory.create(AppModule, adapter, { logger: ['error', 'warn'] });
await app.listen(process.env['PORT'] ?? 0, '127.0.0.1');
process.stdout.write(`${await app.getUrl()}\n`);
