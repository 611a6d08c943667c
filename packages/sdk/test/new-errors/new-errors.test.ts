import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { formatDecision } from '@tinct/core';
import { createTinct, isIn, type NewErrorNews, newErrors } from '@tinct/sdk';
import { tinct as middleware } from '@tinct/sdk/express';
import { tinct as plugin } from '@tinct/sdk/fastify';
import { metricsOf } from '@tinct/sdk/metrics';
import express from 'express';
import Fastify from 'fastify';
import t, { type Test } from 'tap';

function service(t: Test) {
  const tinct = createTinct({ trust: 'mesh', env: {}, outbound: { fetch: false } });
  const news: NewErrorNews[] = [];
  const errors = newErrors(tinct, {
    serves: ['shop'],
    onNew: (one) => news.push(one),
    traceId: () => '4bf92f3577b34da6a3ce929d0e0e4736',
  });
  t.teardown(() => {
    errors.close();
    tinct.close();
  });
  return { tinct, errors, news };
}

/** A request in an arm, as an edge sends it on. */
async function ask(url: string, variant: string, arm: 'canary' | 'control'): Promise<number> {
  const about = { revision: 1, epoch: 1, reason: 'SPLIT' } as const;
  const decision = formatDecision({ release: 'shop', variant, arm, ...about });
  const headers = { 'x-tinct-shop': variant, 'x-tinct-decision': decision };
  const response = await fetch(url, { headers });
  await response.text();
  return response.status;
}

/** A scripted bug: v2 forgets items without a price; both versions run into the same timeout. */
function work(id: string): void {
  if (isIn('shop', 'v2')) throw new TypeError(`no price for item ${id}`);
  throw new Error(`timeout after ${id} ms`);
}

t.test('Fastify: a scripted bug that stable does not have', async (t) => {
  const { tinct, errors, news } = service(t);
  const metrics = metricsOf(tinct, { serves: ['shop'], newErrors: errors });
  t.teardown(() => metrics.close());
  const app = Fastify();
  await app.register(plugin, { tinct });
  app.addHook('onError', async (request, _reply, error) =>
    errors.note(error, { route: request.routeOptions.url }),
  );
  app.get<{ Params: { id: string } }>('/cart/:id', async ({ params }) => work(params.id));
  app.get('/fine', async () => 'fine');
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  t.teardown(() => app.close());

  t.strictSame(errors.report('shop').newErrors, [], 'nothing yet');
  t.equal(errors.report('shop').stable, undefined, 'and nobody said what is stable');
  for (let i = 0; i < 4; i++) await ask(`${url}/fine`, 'v1', 'control');
  for (let i = 0; i < 4; i++) await ask(`${url}/cart/${i}`, 'v1', 'control');
  for (let i = 0; i < 4; i++) t.equal(await ask(`${url}/cart/${i}`, 'v2', 'canary'), 500);
  // A request counts when its response has ended on this side too.
  while (errors.report('shop').newErrors[0]?.verdict !== 'new')
    await ask(`${url}/fine`, 'v1', 'control');
  const { stable, dropped, newErrors: found } = errors.report('shop');
  t.strictSame({ stable, dropped }, { stable: 'v1', dropped: 0 });
  t.match(found, [
    {
      ...{ type: 'TypeError', message: 'no price for item <number>', route: '/cart/:id' },
      ...{ frame: 'work new-errors.test.ts', sample: 'no price for item 0' },
      ...{ variant: 'v2', count: 4, traceId: '4bf92f3577b34da6a3ce929d0e0e4736' },
    },
  ]);
  t.equal(found.length, 1);
  t.strictSame(
    news.map(({ release, variant, sample }) => [release, variant, sample]),
    [['shop', 'v2', 'no price for item 0']],
    'told once',
  );
  const { resourceMetrics } = await metrics.collect();
  const counted = resourceMetrics.scopeMetrics[0]?.metrics.find(
    ({ descriptor }) => descriptor.name === 'tinct_new_errors_total',
  );
  t.match(counted?.dataPoints, [{ attributes: { release: 'shop', variant: 'v2' }, value: 1 }]);
  t.strictSame(errors.report('other').newErrors, [], 'a release that is not served here');
});

t.test('Express: errors reach the book by an error handler', async (t) => {
  const { tinct, errors } = service(t);
  const app = express();
  app.set('env', 'test');
  app.use(middleware(tinct));
  app.get('/cart/:id', ({ params }) => work(params.id));
  const note: express.ErrorRequestHandler = (error, request, _response, next) => {
    errors.note(error, { route: request.route?.path });
    next(error);
  };
  app.use(note);
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await ask(`${url}/cart/1`, 'v1', 'control');
  await ask(`${url}/cart/1`, 'v2', 'canary');
  while (errors.report('shop').stable === undefined) await ask(`${url}/cart/1`, 'v1', 'control');
  t.match(errors.report('shop').newErrors, [
    { variant: 'v2', route: '/cart/:id', frame: 'work new-errors.test.ts' },
  ]);
});

t.test('outside of a request, and whatever is thrown', async (t) => {
  const { tinct, errors, news } = service(t);
  errors.note(new Error('of nobody'));
  const rawHeaders = ['x-tinct-shop', 'v2'];
  const peer = { remoteAddress: '127.0.0.1' };
  const entered = await tinct.enter({ rawHeaders, peer, method: 'GET', host: '', path: '/' });
  const strange = [undefined, null, 'a text', Object.create(null), Symbol('s'), { message: 1 }];
  for (const thrown of strange) entered.run(() => errors.note(thrown));
  const bad = new Error('x');
  Object.defineProperty(bad, 'stack', { get: () => assertNever() });
  entered.run(() => errors.note(bad));
  t.strictSame(news, []);
});

function assertNever(): never {
  throw new Error('on purpose');
}
