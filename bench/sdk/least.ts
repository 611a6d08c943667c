/**
 * The least that a middleware can do that carries and counts, in Fastify: one hook that makes a context, adds one header,
 * and adds one duration to one sum when the response is closed. It believes everybody, parses nothing, knows no arm, status or bucket, and
 * what hears of the request outside of its context hears nothing.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ServerResponse } from 'node:http';
import type { onRequestHookHandler } from 'fastify';

const storage = new AsyncLocalStorage<string>();
const START = Symbol('start');
const durations = { count: 0, sum: 0 };

type Timed = ServerResponse & { [START]?: number };

function closed(this: Timed): void {
  durations.count += 1;
  durations.sum += performance.now() - (this[START] ?? 0);
}

export const least: onRequestHookHandler = (request, reply, next) => {
  const raw: Timed = reply.raw;
  raw[START] = performance.now();
  raw.on('close', closed);
  reply.header('x-tinct-served', 'v2');
  storage.run(`${request.headers['x-tinct-shop']}`, next);
};

export const leastHello = () => ({ hello: storage.getStore() ?? 'nothing' });
