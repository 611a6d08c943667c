import { once } from 'node:events';
import { connect, type IncomingHttpHeaders } from 'node:http2';
import { text } from 'node:stream/consumers';
import { generateKey, type KeySet, macKeys, openCookie, sealCookie } from '@tinct/sdk';
import t from 'tap';
import { valuesOf } from '../helpers.ts';
import {
  COOKIE,
  cookieOf,
  HOUR,
  NAVIGATION,
  pairOf,
  visitedEdge,
  visitedPlan,
} from '../visitor-helpers.ts';
import { each } from './each.ts';
import { ask, openedOf, visit } from './visited.ts';

each('a navigation without an id gets one and is decided; it is kept', async (t, form) => {
  const visited = await visit(t, form);
  const first = await ask(visited, NAVIGATION);
  t.equal(first.seen.version, 'v2');
  const [line = ''] = first.setCookies;
  t.match(
    line,
    /^__Host-tinct=1~[^;]+; Max-Age=34560000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  const again = await ask(visited, { ...NAVIGATION, cookie: pairOf(first.setCookies) });
  t.equal(again.seen.version, 'v2');
  t.same(again.setCookies, [], 'nothing changed: it is not sent again');
});

each('each new visitor is another one', async (t, form) => {
  const visited = await visit(t, form);
  const ids = new Set<string | undefined>();
  for (let i = 0; i < 5; i += 1)
    ids.add(openedOf(visited, await ask(visited, NAVIGATION)).content.id);
  t.equal(ids.size, 5);
});

const others: readonly (readonly [string, Record<string, string>])[] = [
  ['a program', { accept: '*/*' }],
  ['a script of a page', { ...NAVIGATION, 'sec-fetch-mode': 'cors' }],
  ['an image', { accept: 'image/*', 'sec-fetch-mode': 'no-cors' }],
];
for (const [who, headers] of others)
  each(`${who} without an id is stable and gets none`, async (t, form) => {
    const visited = await visit(t, form);
    const answered = await ask(visited, headers);
    t.equal(answered.seen.version, 'v1');
    t.same(answered.setCookies, []);
    t.match(valuesOf(answered.seen, 'x-tinct-decision')[0], /reason=DEFAULT/);
  });

each('a browser says itself that it goes to a page', async (t, form) => {
  const visited = await visit(t, form);
  t.equal((await ask(visited, { 'sec-fetch-mode': 'navigate' })).setCookies.length, 1);
});

each('who gets an id can be chosen', async (t, form) => {
  const everyone = await visit(t, form, {}, { issueTo: 'everyone' });
  t.equal((await ask(everyone)).seen.version, 'v2');
  const nobody = await visit(t, form, {}, { issueTo: 'nobody' });
  t.same((await ask(nobody, NAVIGATION)).setCookies, []);
});

each('an id that nothing is decided by is not issued', async (t, form) => {
  const user = await visit(t, form, { memory: '' });
  t.same((await ask(user, { ...NAVIGATION, 'user-id': '123' })).setCookies, []);
  const scoped = await visit(t, form, { memory: 'scope: { paths: [/shop] }' });
  t.same((await ask(scoped, NAVIGATION)).setCookies, []);
  t.equal((await ask(scoped, NAVIGATION, '/shop')).setCookies.length, 1);
});

each('without keys nobody gets an id, and the plan is accepted with a warning', async (t, form) => {
  const { target } = await visit(t, form, {}, { keys: undefined });
  t.equal((await ask({ target }, NAVIGATION)).seen.version, 'v1');
  t.match(target.plan.status().inForce?.findings, [{ code: 'TINCT_SOURCE_UNSUPPORTED' }]);
});

each('a domain makes the cookie __Secure-', async (t, form) => {
  const visited = await visit(t, form, {}, { cookie: { domain: 'shop.example', name: 'color' } });
  const { setCookies } = await ask(visited, NAVIGATION);
  t.match(setCookies[0], /^__Secure-color=[^;]+; .*Domain=shop\.example; Path=\/; /);
  const again = await ask(visited, { ...NAVIGATION, cookie: pairOf(setCookies) });
  t.same([again.seen.version, again.setCookies], ['v2', []]);
});

each('no service sees Tinct’s cookies; everyone else’s keep their bytes', async (t, form) => {
  const visited = await visit(t, form);
  const own = pairOf((await ask(visited, NAVIGATION)).setCookies);
  const sees = async (cookie: string) => valuesOf((await ask(visited, { cookie })).seen, 'cookie');
  t.same(await sees(own), []);
  t.same(await sees(`a=1;  b="2 3"; ${own}; c`), ['a=1;  b="2 3"; c']);
  t.same(await sees(`${own}; __Host-tinct-override=x; __Secure-tinct=y; a=1`), ['a=1']);
  t.same(await sees('a=__Host-tinct; __Host-tinctx=1'), ['a=__Host-tinct; __Host-tinctx=1']);
});

each('a visitor keeps the version when the percentage falls behind the bucket', async (t, form) => {
  const visited = await visit(t, form);
  const first = await ask(visited, NAVIGATION);
  t.match(openedOf(visited, first).content.memory, [{ release: 'my-service', variant: 'v2' }]);
  visited.source.text = visitedPlan({ revision: 2, percent: 0.001 });
  await visited.target.plan.load();
  const again = await ask(visited, { cookie: pairOf(first.setCookies) });
  t.equal(again.seen.version, 'v2');
  t.match(valuesOf(again.seen, 'x-tinct-decision')[0], /reason=STICKY/);
});

each('an abort beats the cookie, and the cookie forgets', async (t, form) => {
  const visited = await visit(t, form);
  const first = await ask(visited, NAVIGATION);
  visited.source.text = visitedPlan({ revision: 2, more: '    state: aborted\n' });
  await visited.target.plan.load();
  const again = await ask(visited, { cookie: pairOf(first.setCookies) });
  t.equal(again.seen.version, 'v1');
  t.same(openedOf(visited, again).content.memory, []);
});

each(
  'continuity: who logs in keeps the visitor’s version; a second user on that browser does not',
  async (t, form) => {
    const visited = await visit(t, form);
    const visitor = await ask(visited, NAVIGATION);
    t.equal(visitor.seen.version, 'v2');
    visited.source.text = visitedPlan({ revision: 2, percent: 0.001 });
    await visited.target.plan.load();
    const login = await ask(visited, { cookie: pairOf(visitor.setCookies), 'user-id': 'alice' });
    t.equal(login.seen.version, 'v2');
    t.match(valuesOf(login.seen, 'x-tinct-decision')[0], /reason=CONTINUITY/);
    const cookie = pairOf(login.setCookies);
    t.notMatch(Buffer.from(cookie.split('~')[2] ?? '', 'base64url').toString(), /alice/);
    const next = await ask(visited, { cookie, 'user-id': 'alice' });
    t.same([next.seen.version, next.setCookies], ['v2', []]);
    const second = await ask(visited, { cookie, 'user-id': 'bob' });
    t.equal(second.seen.version, 'v1');
  },
);

each('attack: a cookie of one user in the browser of another', async (t, form) => {
  const visited = await visit(t, form, { identity: '{ unit: user, header: user-id }' });
  const alice = await ask(visited, { 'user-id': 'alice' });
  t.equal(alice.seen.version, 'v2');
  visited.source.text = visitedPlan({
    revision: 2,
    percent: 0.001,
    identity: '{ unit: user, header: user-id }',
  });
  await visited.target.plan.load();
  const cookie = pairOf(alice.setCookies);
  t.equal((await ask(visited, { cookie, 'user-id': 'alice' })).seen.version, 'v2');
  t.equal((await ask(visited, { cookie, 'user-id': 'bob' })).seen.version, 'v1');
  t.equal((await ask(visited, { cookie })).seen.version, 'v1');
});

const forgeries: readonly (readonly [
  attack: string,
  failure: string,
  forge: (value: string) => string,
])[] = [
  [
    'a forged cookie',
    'signature',
    (value) => `${COOKIE}=${value.slice(0, -6)}AAAAAA`.replace(/.$/, 'A'),
  ],
  [
    'a cookie cut short',
    'malformed',
    (value) => `${COOKIE}=${value.slice(0, value.lastIndexOf('~'))}`,
  ],
  ['an empty cookie', 'malformed', () => `${COOKIE}=`],
  ['a cookie sent twice', 'several', (value) => `${COOKIE}=${value}; ${COOKIE}=${value}`],
  ['a good cookie behind a forged one', 'several', (value) => `${COOKIE}=x; ${COOKIE}=${value}`],
];
for (const [attack, failure, forge] of forgeries)
  each(`attack: ${attack} changes nothing and is counted`, async (t, form) => {
    const visited = await visit(t, form);
    const value = cookieOf(await ask(visited, NAVIGATION));
    const answered = await ask(visited, { cookie: forge(value) });
    t.equal(answered.seen.version, 'v1');
    t.same(answered.setCookies, []);
    t.match(visited.target.stats().failures, { [`tinct-cookie.${failure}`]: 1 });
  });

t.test('by HTTP/2, with a cookie in crumbs', async (t) => {
  const visited = await visitedEdge(t);
  const session = connect(visited.edge.address.url);
  t.teardown(() => session.destroy());
  const get = async (cookie: string[]) => {
    const stream = session.request({ ':path': '/', ...NAVIGATION, cookie });
    const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders];
    const { version, raw } = JSON.parse(await text(stream));
    return { version, cookies: valuesOf({ raw }, 'cookie'), set: headers['set-cookie'] ?? [] };
  };
  const first = await get(['a=1']);
  t.match(first, { version: 'v2', cookies: ['a=1'], set: [/^__Host-tinct=/] });
  const again = await get(['a=1', pairOf(first.set), 'b=2']);
  t.same(again, { version: 'v2', cookies: ['a=1; b=2'], set: [] });
});

each('attack: a good cookie replayed under another name', async (t, form) => {
  const keys: KeySet = { keys: [generateKey()] };
  const value = cookieOf(await ask(await visit(t, form, {}, { keys }), NAVIGATION));
  const visited = await visit(t, form, {}, { keys, cookie: { name: 'other' } });
  const { seen } = await ask(visited, { cookie: `__Host-other=${value}` });
  t.equal(seen.version, 'v1');
  t.equal(visited.target.stats().failures['tinct-cookie.signature'], 1);
});

each('attack: a cookie signed with another key', async (t, form) => {
  const value = cookieOf(await ask(await visit(t, form), NAVIGATION));
  const visited = await visit(t, form);
  t.equal((await ask(visited, { cookie: `${COOKIE}=${value}` })).seen.version, 'v1');
  t.equal(visited.target.stats().failures['tinct-cookie.key'], 1);
});

each('a cookie ends, and is renewed when half of its life is over', async (t, form) => {
  const visited = await visit(t, form, {}, { cookie: { maxAgeMs: 2 * HOUR } });
  const cookie = pairOf((await ask(visited, NAVIGATION)).setCookies);
  visited.clock.ms += HOUR;
  t.same((await ask(visited, { cookie })).setCookies, []);
  visited.clock.ms += 1000;
  const renewed = await ask(visited, { cookie });
  t.equal(renewed.seen.version, 'v2');
  t.equal(openedOf(visited, renewed).content.expires * 1000, visited.clock.ms + 2 * HOUR);
  visited.clock.ms += HOUR;
  t.equal((await ask(visited, { cookie })).seen.version, 'v1');
  t.equal(visited.target.stats().failures['tinct-cookie.expired'], 1);
});

each(
  'keys rotate: an older cookie is signed anew, and holds no longer when its key is gone',
  async (t, form) => {
    const visited = await visit(t, form);
    const cookie = pairOf((await ask(visited, NAVIGATION)).setCookies);
    const next = generateKey();
    visited.target.useKeys({ keys: [next, ...visited.keys.keys] });
    const renewed = await ask(visited, { cookie });
    t.equal(renewed.seen.version, 'v2');
    const ring = macKeys({ keys: [next] });
    t.match(openCookie(cookieOf(renewed), COOKIE, ring, visited.clock.now()), { kid: next.kid });
    visited.target.useKeys({ keys: [next] });
    t.equal((await ask(visited, { cookie })).seen.version, 'v1');
    t.equal((await ask(visited, { cookie: pairOf(renewed.setCookies) })).seen.version, 'v2');
  },
);

each(
  'what is remembered of releases that do not apply here stays in the cookie',
  async (t, form) => {
    const visited = await visit(t, form, {
      memory: 'memory: { maxAge: 30d }\n    scope: { paths: [/a] }',
    });
    const first = await ask(visited, NAVIGATION, '/a');
    const { content } = openedOf(visited, first);
    const half = { ...content, expires: content.expires - 300 * 24 * 3600 };
    const cookie = `${COOKIE}=${sealCookie(half, COOKIE, macKeys(visited.keys))}`;
    const elsewhere = await ask(visited, { cookie }, '/b');
    t.same(openedOf(visited, elsewhere).content.memory, content.memory);
  },
);

each(
  'what is remembered of one release stands beside what is remembered of another',
  async (t, form) => {
    const release = (name: string) => `  ${name}:
    stable: v1
    memory: { maxAge: 30d }
    scope: { paths: [/${name}] }
    services: { ${name}: { host: ${name}, subsets: { v1: {}, v2: {} } } }
    rules: [{ percent: 100, variant: v2 }]
`;
    const memory = 'scope: { paths: [/elsewhere] }';
    const visited = await visit(t, form, { memory, more: release('a') + release('b') });
    const first = await ask(visited, NAVIGATION, '/a');
    const second = await ask(visited, { cookie: pairOf(first.setCookies) }, '/b');
    const releases = openedOf(visited, second).content.memory.map(({ release }) => release);
    t.same(releases.sort(), ['a', 'b']);
  },
);

each('a user who is remembered needs no visitor’s id', async (t, form) => {
  const visited = await visit(t, form);
  const { content } = openedOf(visited, await ask(visited, { ...NAVIGATION, 'user-id': '7' }));
  t.same([content.id, content.memory.length], [undefined, 1]);
});

each('a cookie in which nothing is left is taken back', async (t, form) => {
  const visited = await visit(t, form);
  const user = { 'user-id': '7' };
  const cookie = pairOf((await ask(visited, user)).setCookies);
  visited.source.text = visitedPlan({ revision: 2, more: '    state: aborted\n' });
  await visited.target.plan.load();
  t.match((await ask(visited, { ...user, cookie })).setCookies, [/^__Host-tinct=; Max-Age=0; /]);
});

each(
  'two edges with plans of two revisions do not throw a visitor back and forth',
  async (t, form) => {
    const older = await visit(t, form, { percent: 0.001 });
    const newer = await visit(t, form, { revision: 2 }, { keys: older.keys });
    let cookie = pairOf((await ask(newer, NAVIGATION)).setCookies);
    const versions = new Set<string>();
    for (const visited of [older, newer, older, newer, older]) {
      const answered = await ask(visited, { ...NAVIGATION, cookie });
      versions.add(answered.seen.version);
      if (answered.setCookies.length > 0) cookie = pairOf(answered.setCookies);
    }
    t.same([...versions], ['v2']);
  },
  { Envoy: 'one Envoy asks one server here' },
);

const shared = ['auto', 'vary', 'private', 'off'] as const;
for (const caching of shared)
  each(
    `attack: one visitor’s Set-Cookie out of a shared cache, with caching ${caching}`,
    async (t, form) => {
      const visited = await visit(t, form, {}, { caching });
      const { headers, setCookies } = await ask(visited, NAVIGATION);
      t.equal(setCookies.length, 1);
      t.equal(headers['cache-control'], 'private');
    },
  );

const wrong: readonly (readonly [string, object])[] = [
  ['cookie.name', { cookie: { name: 'a b' } }],
  ['cookie.domain', { cookie: { domain: 'shop.example; Path=/x' } }],
  ['cookie.maxAgeMs', { cookie: { maxAgeMs: 0 } }],
  ['issueTo', { issueTo: 'all' }],
  ['caching', { caching: 'public' }],
  ['tokens.algorithms', { tokens: { algorithms: ['HS256'] } }],
  ['tokens.waitMs', { tokens: { waitMs: -1 } }],
  ['debugToken', { debugToken: 'short' }],
];
for (const [option, options] of wrong)
  each(`an option that does not fit is named: ${option}`, async (t, form) => {
    const failed = await visit(t, form, {}, options).catch((error: unknown) => error);
    t.match(failed, { code: 'TINCT_EDGE_OPTION_MALFORMED', message: new RegExp(`^${option}: `) });
  });
