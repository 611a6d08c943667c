/** A real nginx caches in front of the edge: nobody is given another user's version or cookie. */
import { once } from 'node:events';
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { generateKey } from '@tinct/sdk';
import t, { type Test } from 'tap';
import type { EdgeOptions } from '../src/index.ts';
import { edgeFor, TextSource, upstream } from './helpers.ts';
import { isInstalled, listens, nginx } from './parts.ts';
import { NAVIGATION, type VisitedPlan, visitedPlan } from './visitor-helpers.ts';

const found = isInstalled(t, 'nginx');

const cache = (edge: string) => (folder: string) =>
  `
  proxy_cache_path ${folder}/cache keys_zone=pages:1m;
  server {
    listen unix:${folder}/socket;
    location / {
      proxy_pass ${edge};
      proxy_cache pages;
      proxy_cache_key $uri;
      add_header x-cache $upstream_cache_status;
    }
  }`;

interface Page {
  readonly version: string;
  readonly cache: string;
  readonly cookie: string | undefined;
}

async function pageBy(socketPath: string, headers: OutgoingHttpHeaders, path = '/'): Promise<Page> {
  const asking = request({ socketPath, path, headers: { host: 'shop', ...headers } }).end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  const { 'x-cache': cache, 'set-cookie': cookies } = response.headers;
  return { version: await text(response), cache: `${cache}`, cookie: cookies?.[0] };
}

/** A cache, an edge and two versions whose pages may be kept by anyone. */
async function cachedShop(t: Test, plan: VisitedPlan, options: Partial<EdgeOptions> = {}) {
  const pages = (version: string) =>
    upstream(
      t,
      (_, res) => void res.writeHead(200, { 'cache-control': 'max-age=60' }).end(version),
    );
  const [v1, v2] = [await pages('v1'), await pages('v2')];
  const source = new TextSource(visitedPlan({ memory: '', ...plan }));
  const direct = { 'my-service': { v1, v2 } };
  const keys = { keys: [generateKey()] } as const;
  const edge = await edgeFor(t, { upstream: v1, direct, plan: source, keys, ...options });
  const path = join(nginx(t, cache(edge.address.url)), 'socket');
  await listens({ path });
  return (headers: OutgoingHttpHeaders = {}) => pageBy(path, headers);
}

const RULES = '{ users: ["123"], variant: v2 }';
const HOPS = { identity: '{ unit: user, header: user-id }', rules: RULES };
const ANYONE = { identity: '{ unit: user, header: x-user, trust: anyone }', rules: RULES };
const ISSUED = { identity: '{ unit: anonymous, issued: {} }' };

const SKIP = 'nginx is not installed';
const test = (name: string, body: (t: Test) => Promise<void>) =>
  found ? t.test(name, body) : t.test(name, { skip: SKIP }, body);

test('the danger: without a word to caches everyone gets the first one’s version', async (t) => {
  const ask = await cachedShop(t, HOPS, { caching: 'off' });
  t.match(await ask({ 'user-id': '123' }), { version: 'v2', cache: 'MISS' });
  t.match(await ask({ 'user-id': '124' }), { version: 'v2', cache: 'HIT' });
});

test('attack: another user’s version out of the cache, where it cannot see who asks', async (t) => {
  const ask = await cachedShop(t, HOPS);
  for (let i = 0; i < 2; i += 1) {
    t.match(await ask({ 'user-id': '123' }), { version: 'v2', cache: 'MISS' });
    t.match(await ask({ 'user-id': '124' }), { version: 'v1', cache: 'MISS' });
  }
});

test('attack: another user’s version out of the cache, where it can: each has a copy', async (t) => {
  const ask = await cachedShop(t, ANYONE);
  t.match(await ask({ 'x-user': '123' }), { version: 'v2', cache: 'MISS' });
  t.match(await ask({ 'x-user': '124' }), { version: 'v1', cache: 'MISS' });
  t.match(await ask({ 'x-user': '123' }), { version: 'v2', cache: 'HIT' });
  t.match(await ask({ 'x-user': '124' }), { version: 'v1', cache: 'HIT' });
});

test('attack: another visitor’s id or version out of the cache', async (t) => {
  for (const caching of ['off', 'auto'] as const) {
    const ask = await cachedShop(t, ISSUED, { caching });
    const pages = [await ask(NAVIGATION), await ask(NAVIGATION), await ask(NAVIGATION)];
    t.match(pages, [{ cache: 'MISS' }, { cache: 'MISS' }, { cache: 'MISS' }], caching);
    const ids = pages.map(({ cookie }) => cookie?.split('~')[2]);
    t.equal(new Set(ids.filter((id) => id !== undefined)).size, 3);
  }
});
