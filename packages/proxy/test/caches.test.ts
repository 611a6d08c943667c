import { addVary, generateKey, makePrivate } from '@tinct/sdk';
import t, { type Test } from 'tap';
import type { EdgeOptions } from '../src/index.ts';
import { edgeFor, TextSource, upstream } from './helpers.ts';
import { ask, NAVIGATION, type VisitedPlan, visitedPlan } from './visitor-helpers.ts';

const ANYONE = '{ unit: user, header: X-User, trust: anyone }';
const ISSUED = '{ unit: anonymous, issued: {} }';
const keys = { keys: [generateKey()] } as const;

/** What a client's caches are told of a service's response with these headers. */
async function told(
  t: Test,
  plan: VisitedPlan,
  options: Partial<EdgeOptions> = {},
  given: string[] = ['cache-control', 'public, max-age=60, s-maxage=600'],
  request: Record<string, string> = {},
) {
  const url = await upstream(t, (_, res) => void res.writeHead(200, given).end());
  const source = new TextSource(visitedPlan({ memory: '', ...plan }));
  const edge = await edgeFor(t, { upstream: url, plan: source, keys, ...options });
  const { headers } = await ask({ edge }, request);
  return { cacheControl: headers['cache-control'], vary: headers['vary'], headers };
}

t.test('attack: one visitor’s Set-Cookie out of a shared cache', async (t) => {
  for (const caching of ['auto', 'vary', 'private', 'off'] as const) {
    const { headers, cacheControl } = await told(
      t,
      { identity: ISSUED },
      { caching },
      undefined,
      NAVIGATION,
    );
    t.equal(headers['set-cookie']?.length, 1);
    t.equal(cacheControl, 'private, max-age=60', caching);
  }
});

t.test('a version that hangs on what a cache can see: Vary names it', async (t) => {
  t.match(await told(t, { identity: ANYONE }), { cacheControl: /s-maxage/, vary: /^x-user$/ });
  t.match(await told(t, { identity: `${ANYONE}, ${ISSUED}` }), { vary: 'cookie, x-user' });
  const jwt = '{ unit: user, jwt: { claim: sub, issuer: x, jwks: "http://127.0.0.1:9/" } }';
  t.match(await told(t, { identity: jwt }), { vary: 'authorization' });
  t.match(await told(t, { identity: ANYONE, memory: 'memory: { maxAge: 1d }' }), {
    vary: 'cookie, x-user',
  });
});

t.test('a version that hangs on what a hop behind the cache may say: private', async (t) => {
  const hops = { identity: '{ unit: user, header: user-id }' };
  t.match(await told(t, hops), { cacheControl: 'private, max-age=60', vary: undefined });
  const attribute = { identity: ANYONE, more: 'attributes: { plan: { header: x-plan } }\n' };
  t.match(await told(t, attribute), { cacheControl: 'private, max-age=60' });
  t.match(await told(t, hops, { caching: 'vary' }), { cacheControl: /public/, vary: 'user-id' });
  t.match(await told(t, hops, { caching: 'off' }), { cacheControl: /public/, vary: undefined });
  t.match(await told(t, { identity: ANYONE }, { caching: 'private' }), {
    cacheControl: 'private, max-age=60',
  });
});

t.test('a cookie that there are no keys for decides nothing', async (t) => {
  const remembering = { identity: ANYONE, memory: 'memory: { maxAge: 1d }' };
  t.match(await told(t, remembering, { keys: undefined }), { vary: /^x-user$/ });
});

t.test('answers to POST are not kept by caches and stay as they are', async (t) => {
  const url = await upstream(t, (_, res) => void res.end());
  const edge = await edgeFor(t, { upstream: url });
  const post = await fetch(edge.address.url, { method: 'POST' });
  t.equal(post.headers.get('cache-control'), null);
  t.equal((await fetch(edge.address.url)).headers.get('cache-control'), 'private');
});

t.test('a response that says nothing of caches is private too', async (t) => {
  t.match(await told(t, { identity: '{ unit: user, header: user-id }' }, {}, []), {
    cacheControl: 'private',
  });
});

t.test('what is the same for everyone is left as it is', async (t) => {
  const untouched = { cacheControl: 'public, max-age=60, s-maxage=600', vary: undefined };
  const identity = '{ unit: user, header: user-id }';
  t.match(await told(t, { identity, more: '    state: aborted\n' }), untouched);
  t.match(await told(t, { identity, rules: '' }), untouched);
  t.match(await told(t, { identity, memory: 'scope: { paths: [/elsewhere] }' }), untouched);
});

const flat = (headers: string[]): string =>
  headers.map((part, i) => part + (i % 2 === 0 ? ': ' : '\n')).join('');

t.test('private: what else Cache-Control says stays, headers that overrule it go', async (t) => {
  const made = (...headers: string[]) => flat(makePrivate(headers)).trim();
  t.equal(made(), 'cache-control: private');
  t.equal(made('Cache-Control', 'no-store'), 'cache-control: private, no-store');
  t.equal(
    made('cache-control', 'Public', 'CACHE-CONTROL', 'S-MaxAge=9 ,max-age=1'),
    'cache-control: private, max-age=1',
  );
  t.equal(
    made('cache-control', 'private="set-cookie, x", no-cache="a,public", ext="p\\"q'),
    'cache-control: private, no-cache="a,public", ext="p\\"q',
  );
  const overruling = [
    'CDN-Cache-Control',
    'Surrogate-Control',
    'x-accel-expires',
    'Cloudflare-CDN-Cache-Control',
  ];
  t.equal(
    made(...overruling.flatMap((name) => [name, 'max-age=9']), 'x-a', '1'),
    'x-a: 1\ncache-control: private',
  );
});

t.test('Vary: what is there already is not named again', async (t) => {
  const made = (...headers: string[]) => flat(addVary(headers, ['cookie', 'x-user'])).trim();
  t.equal(made(), 'vary: cookie, x-user');
  t.equal(made('Vary', 'Accept, Cookie'), 'Vary: Accept, Cookie\nvary: x-user');
  t.equal(made('Vary', '*'), 'Vary: *');
  t.equal(made('vary', 'X-User', 'vary', 'cookie'), 'vary: X-User\nvary: cookie');
});

t.test('an evil Cache-Control is taken apart at once', async (t) => {
  const evil = ['"\\'.repeat(4000), '"'.repeat(8001), '\\'.repeat(8000), ',"'.repeat(4000)];
  const started = performance.now();
  for (const value of evil) makePrivate(['cache-control', value]);
  t.ok(performance.now() - started < 1000);
});
