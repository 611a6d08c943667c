/** Routes: by host and path prefix to an upstream, or straight to a URL per version. */
import t from 'tap';
import { curl, echo, edgeFor, planText, TextSource } from './helpers.ts';

const versionOf = async (url: string, ...args: string[]): Promise<string> =>
  JSON.parse((await curl(...args, url)).out).version;

t.test('the most special route wins, whatever the order', async (t) => {
  const names = ['usual', 'host', 'wild', 'deep', 'api', 'api-v1', 'both'];
  const at = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await echo(t, name)] as const)),
  ) as Record<string, string>;
  const to = (name: string) => at[name] as string;
  const routes = [
    { path: '/api', upstream: to('api') },
    { host: '*.example', upstream: to('wild') },
    { path: '/api/v1', upstream: to('api-v1') },
    { host: '*.deep.example', upstream: to('deep') },
    { host: 'shop.example', upstream: to('host') },
    { host: 'shop.example', path: '/api', upstream: to('both') },
  ];
  const edge = await edgeFor(t, { upstream: to('usual'), routes });
  const { url } = edge.address;
  const cases: [host: string, path: string, expected: string][] = [
    ['other', '/', 'usual'],
    ['other', '/apix', 'usual'],
    ['other', '/api', 'api'],
    ['other', '/api?q', 'api'],
    ['other', '/api/', 'api'],
    ['other', '/api/v1/x', 'api-v1'],
    ['other', '/api/v10', 'api'],
    ['shop.example', '/', 'host'],
    ['SHOP.example.:8080', '/', 'host'],
    ['shop.example', '/api/v1', 'both'],
    ['a.example', '/api', 'wild'],
    ['example', '/', 'usual'],
    ['a.deep.example', '/', 'deep'],
    ['evilshop.example', '/', 'wild'],
    ['aexample', '/', 'usual'],
    ['aaexample', '/', 'usual'],
  ];
  for (const [host, path, expected] of cases)
    t.equal(await versionOf(`${url}${path}`, '-H', `host: ${host}`), expected, `${host}${path}`);
});

t.test('a route may go straight to a version, and the rest goes on as usual', async (t) => {
  const [mesh, v1, v2] = [await echo(t, 'mesh'), await echo(t, 'v1'), await echo(t, 'v2')];
  const routes = [{ path: '/direct', upstream: mesh, direct: { 'my-service': { v1, v2 } } }];
  const edge = await edgeFor(t, { upstream: mesh, routes });
  const { url } = edge.address;
  const user = ['-H', 'user-id: 123'];
  t.equal(await versionOf(`${url}/direct`, ...user), 'v2');
  t.equal(await versionOf(`${url}/direct`), 'v1');
  t.equal(await versionOf(`${url}/`, ...user), 'mesh');
});

t.test('a plan with a variant that a route has no URL for is refused', async (t) => {
  const v1 = await echo(t, 'v1');
  const routes = [{ path: '/direct', upstream: v1, direct: { 'my-service': { v1 } } }];
  const edge = await edgeFor(t, { upstream: v1, routes, plan: new TextSource(planText()) });
  t.match(edge.plan.status().refused?.findings, [{ code: 'TINCT_EDGE_VARIANT_UNROUTED' }]);
});

t.test('URLs of a release that the plan does not have are a warning', async (t) => {
  const v1 = await echo(t, 'v1');
  const direct = { 'my-servise': { v1 } };
  const plan = () => new TextSource(planText());
  const edge = await edgeFor(t, { upstream: v1, direct, plan: plan() });
  const { inForce, refused } = edge.plan.status();
  t.equal(refused, undefined);
  t.match(inForce?.findings, [
    { code: 'TINCT_EDGE_DIRECT_UNUSED', level: 'warning', hint: /did you mean `my-service`/ },
  ]);
  const routes = [{ path: '/a', upstream: v1, direct }];
  const routed = await edgeFor(t, { upstream: v1, routes, plan: plan() });
  t.match(routed.plan.status().inForce?.findings, [{ code: 'TINCT_EDGE_DIRECT_UNUSED' }]);
});

t.test('a route that goes nowhere is refused at the start', async (t) => {
  for (const routes of [
    [{ upstream: 'here' }],
    [{ upstream: 'http://a', direct: { 'my-service': { v1: 'ftp://a' } } }],
  ])
    await t.rejects(edgeFor(t, { upstream: 'http://a', routes }), {
      code: 'TINCT_EDGE_OPTION_MALFORMED',
      message: /^routes\[0\]\./,
    });
});
