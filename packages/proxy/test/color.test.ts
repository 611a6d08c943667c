import t from 'tap';
import {
  curl,
  echo,
  edgeFor,
  planText,
  seen,
  TextSource,
  twoVersions,
  upstream,
  valuesOf,
} from './helpers.ts';

t.test('user 123 reaches v2, everyone else v1', async (t) => {
  const edge = await twoVersions(t);
  t.equal((await seen(edge, '-H', 'user-id: 123')).version, 'v2');
  t.equal((await seen(edge, '-H', 'user-id: 124')).version, 'v1');
  t.equal((await seen(edge)).version, 'v1');
});

t.test('stable requests are colored too, each color exactly once', async (t) => {
  const edge = await twoVersions(t);
  const request = await seen(edge, '-H', 'user-id: 124');
  t.same(valuesOf(request, 'x-tinct-my-service'), ['v1']);
  t.same(valuesOf(request, 'baggage'), ['tinct.my-service=v1']);
  const decision = 'my-service="v1";rev=1;epoch=1;reason=DEFAULT;arm=other';
  t.same(valuesOf(request, 'x-tinct-decision'), [decision]);
});

t.test('everyone else’s baggage stays byte for byte, in one header', async (t) => {
  const edge = await twoVersions(t);
  const request = await seen(edge, '-H', 'baggage: a=%20b;p , c=1', '-H', 'Baggage: d=2');
  t.same(valuesOf(request, 'baggage'), ['tinct.my-service=v1,a=%20b;p , c=1,d=2']);
});

const cart = `  cart:
    stable: v1
    header: x-version
    scope: { hosts: [shop.example], paths: [/cart] }
    services: { cart: { host: cart, subsets: { v1: {}, v9: {} } } }
    rules: [{ percent: 100, variant: v9 }]
`;

t.test(
  'several releases: the plan’s own header, one decision header, one baggage header',
  async (t) => {
    const edge = await edgeFor(t, {
      upstream: await echo(t),
      plan: new TextSource(planText({ more: cart })),
    });
    const { out } = await curl(
      '-H',
      'host: SHOP.example:8080',
      '-H',
      'user-id: 123',
      `${edge.address.url}/cart/1?a=b`,
    );
    const request = JSON.parse(out);
    t.same(valuesOf(request, 'x-version'), ['v9']);
    t.same(valuesOf(request, 'baggage'), ['tinct.my-service=v2,tinct.cart=v9']);
    t.match(
      valuesOf(request, 'x-tinct-decision')[0],
      /^my-service="v2";.*, cart="v9";.*reason=SPLIT;arm=canary$/,
    );
  },
);

t.test(
  'a release that does not apply leaves no color, and a forged one of it goes all the same',
  async (t) => {
    const edge = await edgeFor(t, {
      upstream: await echo(t),
      plan: new TextSource(planText({ more: cart })),
    });
    const request = await seen(edge, '-H', 'host: shop.example', '-H', 'X-Version: v9');
    t.same(valuesOf(request, 'x-version'), []);
    t.same(valuesOf(request, 'x-tinct-my-service'), ['v1']);
  },
);

t.test('identity is believed from trusted hops only', async (t) => {
  const edge = await twoVersions(t, { trustedHops: ['10.0.0.0/8'] });
  t.equal((await seen(edge, '-H', 'user-id: 123')).version, 'v1');
  const trusting = await twoVersions(t, { trustedHops: ['::1', '127.0.0.1'] });
  t.equal((await seen(trusting, '-H', 'user-id: 123')).version, 'v2');
});

t.test('an id in UTF-8 means what the plan says', async (t) => {
  const plan = new TextSource(planText({ rules: '{ users: ["zoë"], variant: v2 }' }));
  const edge = await twoVersions(t, { plan });
  t.equal((await seen(edge, '-H', 'user-id: zoë')).version, 'v2');
});

t.test('what the services say of themselves does not reach the client', async (t) => {
  const url = await upstream(t, (_, res) => {
    const marks = ['X-Tinct-Served', 'v2', 'x_tinct_routed', 'my-service=v2', 'x-other', '1'];
    res.writeHead(200, marks).end();
  });
  const edge = await edgeFor(t, { upstream: url });
  const { out } = await curl('-D-', edge.address.url);
  t.notMatch(out, /tinct/i);
  t.match(out, /x-other: 1/);
});

t.test('versions, errors, durations and reasons are counted, from 0 on', async (t) => {
  const edge = await twoVersions(t);
  t.match(edge.stats().versions, [
    { release: 'my-service', variant: 'v1', requests: 0, p50: undefined },
    { release: 'my-service', variant: 'v2', requests: 0, p50: undefined },
  ]);
  await seen(edge, '-H', 'user-id: 123');
  await seen(edge, '-H', 'user-id: 124');
  await seen(edge, '-H', 'user-id: 125');
  const { versions, reasons, requests } = edge.stats();
  t.match(versions, [
    { requests: 2, errors: 0, p50: Number, p95: Number },
    { requests: 1, errors: 0, p50: Number, p95: Number },
  ]);
  t.match(reasons, { TARGETING_MATCH: 1, DEFAULT: 2, SPLIT: 0 });
  t.equal(requests, 3);
});
