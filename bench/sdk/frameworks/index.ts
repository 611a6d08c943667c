/** A hello world in each framework, as its documents write it; a Tinct's one line of middleware stands in front. Only the one asked for is loaded. */
import type { FrameworkName } from '../contestants.ts';
import type { Start } from './setup.ts';

export const FRAMEWORKS: Readonly<Record<FrameworkName, () => Promise<Start>>> = {
  'node:http': async () => (await import('./node-http.ts')).start,
  'Express 5': async () => (await import('./express.ts')).start,
  'Fastify 5': async () => (await import('./fastify.ts')).start,
  'Koa 3': async () => (await import('./koa.ts')).start,
  'Hono 4': async () => (await import('./hono.ts')).start,
  'NestJS 12, Express': async () => (await import('./nest.ts')).onExpress,
  'NestJS 12, Fastify': async () => (await import('./nest.ts')).onFastify,
};
