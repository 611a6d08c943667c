/** @fastify/http-proxy with its defaults; the work is done in hooks. */
import httpProxy from '@fastify/http-proxy';
import { type FastifyRequest, fastify } from 'fastify';
import { type Decided, decide, PORT, record, URLS } from './work.ts';

type Raw = FastifyRequest['raw'] & { decided?: Decided };

const app = fastify();
app.addHook('onRequest', (request, reply, done) => {
  const decided = decide(request.headers);
  (request.raw as Raw).decided = decided;
  if (decided.setCookie !== undefined) reply.header('set-cookie', decided.setCookie);
  done();
});
app.addHook('onResponse', (request, reply, done) => {
  const { decided } = request.raw as Raw;
  if (decided !== undefined) record(decided.version, reply.statusCode, reply.elapsedTime);
  done();
});
app.register(httpProxy, {
  upstream: '',
  replyOptions: {
    getUpstream: (request) =>
      URLS[((request as FastifyRequest).raw as Raw).decided?.version ?? 'v1'],
    rewriteRequestHeaders: (request, headers) => ({
      ...headers,
      host: request.headers.host,
      'x-version': ((request as FastifyRequest).raw as Raw).decided?.version ?? 'v1',
    }),
  },
});
await app.listen({ host: '127.0.0.1', port: PORT });
