import t from 'tap';
import { Agent, getGlobalDispatcher, interceptors, request, setGlobalDispatcher } from 'undici';
import { DECISION, type Heard, leaks, listen, lookup, serving, USER, valuesOf } from './helpers.ts';

const agent = new Agent({ connect: { lookup } });
const before = getGlobalDispatcher();
setGlobalDispatcher(agent);
t.teardown(async () => {
  setGlobalDispatcher(before);
  await agent.destroy();
});

/** `/to?url` answers with a redirect there. */
const other = (): Promise<Heard> =>
  listen((req, res) => {
    const [path, to] = (req.url ?? '').split('?');
    if (path === '/to') res.writeHead(302, { location: decodeURIComponent(to ?? '') });
    res.end();
  });

t.test('the colors go to hosts of the cluster, and to no others', async (t) => {
  const heard = await other();
  const { tinct, within } = serving();
  t.teardown(() => heard.close());
  t.teardown(() => tinct.close());
  const near = ['reviews', 'reviews.shop.svc', 'reviews.shop.svc.cluster.local', '127.0.0.1'];
  for (const host of near) {
    await within(() => fetch(`http://${host}:${heard.port}/`));
    const seen = heard.requests.at(-1);
    t.strictSame(valuesOf(seen, 'x-tinct-decision'), [DECISION], host);
    t.strictSame(valuesOf(seen, 'x-tinct-my-service'), ['v2'], host);
    t.strictSame(valuesOf(seen, 'baggage'), ['tinct.my-service=v2'], host);
    t.notOk(seen?.includes(USER), 'the unit is not sent');
  }
  for (const host of ['api.example', 'evil.svc.example', 'svc.evil.example']) {
    await within(() => fetch(`http://${host}:${heard.port}/`));
    t.strictSame(leaks(heard.requests.at(-1)), [], host);
  }
});

t.test('attack: a redirect leads a colored request to another host', async (t) => {
  const heard = await other();
  const { tinct, within } = serving();
  t.teardown(() => heard.close());
  t.teardown(() => tinct.close());
  const evil = encodeURIComponent(`http://evil.example:${heard.port}/`);
  await within(() => fetch(`http://reviews:${heard.port}/to?${evil}`));
  const [first, second] = heard.requests;
  t.strictSame(valuesOf(first, 'x-tinct-my-service'), ['v2']);
  t.strictSame(leaks(second), []);
});

t.test(
  'attack: a redirect that undici’s own interceptor follows, composed in either order',
  async (t) => {
    const heard = await other();
    const { tinct, within } = serving();
    t.teardown(() => heard.close());
    t.teardown(() => tinct.close());
    const redirect = interceptors.redirect({ maxRedirections: 3 });
    const evil = encodeURIComponent(`http://evil.example:${heard.port}/`);
    for (const order of [
      [tinct.interceptor, redirect],
      [redirect, tinct.interceptor],
    ]) {
      const dispatcher = new Agent({ connect: { lookup } }).compose(...order);
      t.teardown(() => dispatcher.destroy());
      const url = `http://reviews:${heard.port}/to?${evil}`;
      await within(async () => (await request(url, { dispatcher })).body.dump());
      t.strictSame(valuesOf(heard.requests.at(-2), 'x-tinct-my-service'), ['v2']);
      t.strictSame(leaks(heard.requests.at(-1)), []);
    }
  },
);

t.test('a service that copies all headers of its request tells other hosts nothing', async (t) => {
  const heard = await other();
  const { tinct, within } = serving();
  t.teardown(() => heard.close());
  t.teardown(() => tinct.close());
  const headers = [
    ['X-Tinct-Decision', DECISION],
    ['x_tinct_my_service', 'v2'],
    ['baggage', 'a=1 , %74inct.my-service=v2;p,b=2'],
    ['x-own', 'stays'],
  ] as [string, string][];
  await within(() => fetch(`http://api.example:${heard.port}/`, { headers }));
  t.strictSame(leaks(heard.requests[0]), []);
  t.strictSame(valuesOf(heard.requests[0], 'baggage'), ['a=1 ,b=2']);
  t.strictSame(valuesOf(heard.requests[0], 'x-own'), ['stays']);
  await within(() => fetch(`http://reviews:${heard.port}/`, { headers }));
  t.strictSame(valuesOf(heard.requests[1], 'baggage'), ['tinct.my-service=v2,a=1 ,b=2']);
  t.strictSame(valuesOf(heard.requests[1], 'x-tinct-decision'), [DECISION]);
});

t.test('outside of a request nothing is sent, and after close nothing is colored', async (t) => {
  const heard = await other();
  const { tinct, within } = serving();
  t.teardown(() => heard.close());
  await fetch(`http://reviews:${heard.port}/`);
  t.strictSame(leaks(heard.requests[0]), []);
  tinct.close();
  await within(() => fetch(`http://reviews:${heard.port}/`));
  t.strictSame(leaks(heard.requests[1]), []);
});

t.test('headers in each of the forms that undici takes', async (t) => {
  const heard = await other();
  const { tinct, within } = serving({ outbound: { fetch: false } });
  t.teardown(() => heard.close());
  t.teardown(() => tinct.close());
  const dispatcher = agent.compose(tinct.interceptor);
  for (const headers of [
    ['x-own', '1', 'X-Tinct-My-Service', 'old'],
    { 'x-own': '1', 'x-tinct-my-service': ['old', 'older'] },
    new Headers({ 'x-own': '1', 'x-tinct-my-service': 'old' }),
    new Map([['x-own', '1']]),
  ]) {
    const url = `http://reviews:${heard.port}/`;
    await within(async () =>
      (await request(url, { dispatcher, headers: headers as never })).body.dump(),
    );
    const seen = heard.requests.at(-1);
    t.strictSame(valuesOf(seen, 'x-own'), ['1']);
    t.strictSame(valuesOf(seen, 'x-tinct-my-service'), ['v2']);
  }
});

t.test('hosts that the service names, and a function that decides', async (t) => {
  const heard = await other();
  t.teardown(() => heard.close());
  for (const [hosts, near, far] of [
    [
      ['*.partner.example', 'api.example'],
      ['a.b.partner.example', 'api.example'],
      ['partner.example'],
    ],
    [(host: string) => host === 'only.example', ['only.example'], ['reviews', '127.0.0.1']],
    [
      () => {
        throw new Error('on purpose');
      },
      [],
      ['reviews'],
    ],
  ] as const) {
    const { tinct, within } = serving({ outbound: { hosts } });
    for (const host of near) {
      await within(() => fetch(`http://${host}:${heard.port}/`));
      t.strictSame(valuesOf(heard.requests.at(-1), 'x-tinct-my-service'), ['v2'], host);
    }
    for (const host of far) {
      await within(() => fetch(`http://${host}:${heard.port}/`));
      t.strictSame(leaks(heard.requests.at(-1)), [], host);
    }
    tinct.close();
  }
  t.throws(() => serving({ outbound: { hosts: ['http://x'] } }), {
    code: 'TINCT_SDK_OPTION_MALFORMED',
  });
});

t.test('a WebSocket of the platform is colored', async (t) => {
  const heard = await listen(() => {});
  heard.server.on('upgrade', (req, socket) => {
    heard.requests.push(req.rawHeaders.map((text) => text.toLowerCase()));
    socket.destroy();
  });
  const { tinct, within } = serving();
  t.teardown(() => heard.close());
  t.teardown(() => tinct.close());
  for (const host of ['reviews', 'evil.example'])
    await within(
      () =>
        new Promise((resolve) => {
          new WebSocket(`ws://${host}:${heard.port}/`).onerror = resolve;
        }),
    );
  t.strictSame(valuesOf(heard.requests[0], 'x-tinct-my-service'), ['v2']);
  t.strictSame(leaks(heard.requests[1]), []);
});
