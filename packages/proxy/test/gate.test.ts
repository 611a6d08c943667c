/** Overload: beyond its limits the edge says no, cheaply, and goes on. */
import { connect } from 'node:net';
import t from 'tap';
import { edgeFor, raw, until, upstream } from './helpers.ts';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

t.test(
  'a request beyond the limit gets 503 with Retry-After, and those in flight finish',
  async (t) => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    let arrived = 0;
    const service = await upstream(t, async (_, res) => {
      arrived += 1;
      await held;
      res.end('whole');
    });
    const edge = await edgeFor(t, { upstream: service, limits: { requests: 2 } });
    const { url } = edge.address;
    const first = [raw(t, url, GET), raw(t, url, GET)];
    await until(() => arrived === 2);
    const refused = await raw(t, url, GET).all;
    t.match(refused, /^HTTP\/1.1 503 Service Unavailable\r\n/);
    t.match(refused, /\r\nretry-after: 1\r\n/i);
    t.match(refused, /"code":"TINCT_EDGE_OVERLOADED"/);
    t.match(edge.stats(), { inFlight: 2, overloaded: 1 });
    release();
    for (const { all } of first) t.match(await all, /^HTTP\/1.1 200[\s\S]*whole/);
    await until(() => edge.stats().inFlight === 0);
    t.match(await raw(t, url, GET).all, /^HTTP\/1.1 200/, 'and there is room again');
    t.equal(arrived, 3, 'the upstream saw nothing of the refused one');
  },
);

t.test('a refused request keeps its connection, unless a body would follow', async (t) => {
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  let arrived = 0;
  const service = await upstream(t, async (_, res) => {
    arrived += 1;
    await held;
    res.end('whole');
  });
  const edge = await edgeFor(t, { upstream: service, limits: { requests: 1 } });
  const { url } = edge.address;
  const first = raw(t, url, GET);
  await until(() => arrived === 1);
  const kept = raw(t, url, GET.replace('Connection: close\r\n', ''));
  const upload = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n';
  t.match(await raw(t, url, upload).all, /^HTTP\/1.1 503[\s\S]*connection: close/i);
  await until(() => edge.stats().overloaded === 2);
  release();
  await first.all;
  await until(() => edge.stats().inFlight === 0);
  kept.socket.write(GET);
  t.match(await kept.all, /^HTTP\/1.1 503[\s\S]*HTTP\/1.1 200[\s\S]*whole/);
});

t.test('attack: clients that go away leave no request counted for ever', async (t) => {
  let arrived = 0;
  const service = await upstream(t, () => {
    arrived += 1;
  });
  const edge = await edgeFor(t, { upstream: service, limits: { requests: 3 } });
  for (let round = 1; round <= 4; round++) {
    const { socket } = raw(t, edge.address.url, GET);
    await until(() => arrived === round);
    socket.destroy();
    await until(() => edge.stats().inFlight === 0);
  }
  t.equal(edge.stats().overloaded, 0);
});

t.test('a connection beyond the limit is closed at once', async (t) => {
  const service = await upstream(t, (_, res) => void res.end());
  const edge = await edgeFor(t, { upstream: service, limits: { connections: 1 } });
  const { port } = edge.address;
  const first = connect(port, '127.0.0.1');
  t.teardown(() => first.destroy());
  await new Promise((resolve) => first.once('connect', resolve));
  t.equal(await raw(t, edge.address.url, GET).all, '');
  await until(() => edge.stats().dropped.limit === 1);
  first.destroy();
  let answer = '';
  while (answer === '') answer = await raw(t, edge.address.url, GET).all;
  t.match(answer, /^HTTP\/1.1 200/);
});

t.test('a head beyond the limit gets 431, one within it passes', async (t) => {
  const service = await upstream(t, (_, res) => void res.end());
  const edge = await edgeFor(t, { upstream: service, limits: { headerBytes: 2048 } });
  const head = (size: number) => GET.replace('\r\n\r\n', `\r\nx: ${'y'.repeat(size)}\r\n\r\n`);
  t.match(await raw(t, edge.address.url, head(3000)).all, /^HTTP\/1.1 431/);
  t.match(await raw(t, edge.address.url, head(1500)).all, /^HTTP\/1.1 200/);
});

t.test('limits that are no limits are refused', async (t) => {
  for (const limits of [{ requests: -1 }, { connections: 1.5 }, { headerBytes: Number.NaN }])
    await t.rejects(edgeFor(t, { upstream: 'http://a', limits }), {
      code: 'TINCT_EDGE_OPTION_MALFORMED',
    });
});
