/** The admin server: Fastify over the table of routes, on a port of its own. */
import type { AddressInfo } from 'node:net';
import { TinctError } from '@tinct/core';
import { type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import type { EdgeAddress } from '../downstream/listen.ts';
import { whyNotListening } from '../downstream/why-not.ts';
import { Guard } from './guard.ts';
import { openApiDocument } from './openapi.ts';
import { Problem } from './problem.ts';
import { type AdminAnswer, type AdminRoute, ROUTES } from './routes.ts';
import type { AdminView } from './view.ts';

export interface AdminOptions {
  readonly host: string;
  readonly port: number;
  /** Names that Host may have, beside IP addresses and localhost. */
  readonly hosts: readonly string[];
  /** Without one, what changes or reveals is refused. */
  readonly token: string | undefined;
}

export interface Admin {
  readonly address: EdgeAddress;
  close(): Promise<void>;
}

const MAX_BODY = 64 * 1024;

const openApiRoute: AdminRoute = {
  method: 'GET',
  url: '/openapi.json',
  summary: 'This document.',
  isProtected: false,
  statuses: { 200: 'OpenAPI 3.1.' },
  handle: () => ({ status: 200, body: openApiDocument([...ROUTES, openApiRoute]) }),
};

function send(reply: FastifyReply, { status, type, body }: AdminAnswer): FastifyReply {
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff')
    .type(type ?? 'application/json; charset=utf-8')
    .send(body);
}

function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const { status, body } = problem;
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="tinct"');
  return send(reply, { status, type: 'application/problem+json', body: JSON.stringify(body) });
}

interface Objection {
  readonly message: string;
  readonly code?: string;
  readonly validation?: readonly { readonly params: Readonly<Record<string, unknown>> }[];
}

/** Fastify's words, and what it would have taken. */
function objectionIn({ message, code, validation }: Objection): string {
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return 'the body is no application/json';
  const allowed = validation?.[0]?.params['allowedValues'];
  return Array.isArray(allowed) ? `${message}: ${allowed.join(', ')}` : message;
}

/** What Fastify objects to is a mistake of the client's; everything else is ours, and stays inside. */
function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  const { statusCode = 500 } = error as { statusCode?: number };
  return statusCode < 500
    ? new Problem('TINCT_ADMIN_REQUEST_MALFORMED', objectionIn(error as Objection))
    : undefined;
}

function serve(app: FastifyInstance, route: AdminRoute, guard: Guard, view: AdminView): void {
  const { method, url, isProtected, body } = route;
  app.route({
    method,
    url,
    ...(body === undefined ? {} : { schema: { body } }),
    // Before the body is read: a stranger gets no megabytes parsed.
    onRequest: async ({ headers: { authorization, host } }) => {
      guard.check({ authorization, host }, isProtected);
    },
    handler: async (request, reply) => {
      const params = request.params as Record<string, string>;
      const { accept } = request.headers;
      return send(reply, await route.handle({ params, body: request.body, accept }, view));
    },
  });
}

function createApp(guard: Guard, view: AdminView): FastifyInstance {
  const app = fastify({
    bodyLimit: MAX_BODY,
    requestTimeout: 10_000,
    forceCloseConnections: true,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  });
  for (const route of [...ROUTES, openApiRoute]) serve(app, route, guard, view);
  app.setErrorHandler((error, _, reply) => {
    const problem = problemOf(error);
    return problem === undefined
      ? send(reply, { status: 500, body: { title: 'Internal Server Error', status: 500 } })
      : sendProblem(reply, problem);
  });
  app.setNotFoundHandler((_, reply) =>
    sendProblem(reply, new Problem('TINCT_ADMIN_ROUTE_UNKNOWN')),
  );
  return app;
}

/** Starts the admin server. Rejects with a `TinctError` when it can't listen. */
export async function startAdmin(options: AdminOptions, view: AdminView): Promise<Admin> {
  const { host, port, token, hosts } = options;
  const app = createApp(new Guard(token, hosts), view);
  try {
    await app.listen({ host, port });
  } catch (cause) {
    const message = `the admin server cannot listen on ${host}:${port}: ${whyNotListening(cause)}`;
    throw new TinctError('TINCT_EDGE_ADDRESS', message, { cause });
  }
  const taken = (app.server.address() as AddressInfo).port;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${taken}`;
  return { address: { host, port: taken, url }, close: () => app.close() };
}
