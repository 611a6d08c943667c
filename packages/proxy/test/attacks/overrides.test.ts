import { generateKey, type KeySet, signOverride } from '@tinct/sdk';
import fc from 'fast-check';
import t from 'tap';
import { follow } from '../../src/visitor/follow.ts';
import { overrideLink } from '../../src/visitor/overrides.ts';
import { visitorSettings } from '../../src/visitor/settings.ts';
import { Visitors } from '../../src/visitor/visitors.ts';
import { valuesOf } from '../helpers.ts';
import {
  HOUR,
  NAVIGATION,
  NOW,
  pairOf,
  type VisitedPlan,
  visitedPlan,
} from '../visitor-helpers.ts';
import { each } from './each.ts';
import { ask, visit } from './visited.ts';

const PLAN: VisitedPlan = {
  percent: 0.001,
  identity: '{ unit: user, header: user-id }',
  memory: '',
};

async function tokenOf(keys: KeySet, more: object = {}): Promise<string> {
  const wish = { release: 'my-service', variant: 'v2', epoch: 1, expires: NOW + HOUR, ...more };
  return (await signOverride(wish, keys, NOW)).token;
}

const linkOf = (token: string, path = '/page?a=1&b=%20'): string =>
  `${path}${path.includes('?') ? '&' : '?'}tinct-override=${token}`;

each('a tester follows a link once and gets the version from then on', async (t, form) => {
  const visited = await visit(t, form, PLAN, { caching: 'off' });
  const token = await tokenOf(visited.keys);
  const led = await ask(visited, NAVIGATION, linkOf(token));
  t.equal(led.status, 303);
  t.match(led.headers, {
    location: '/page?a=1&b=%20',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  });
  t.match(
    led.setCookies[0],
    /^__Host-tinct-override=[^;]+; Max-Age=3600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  t.equal(visited.target.stats().requests, 0, 'no service saw the token');
  const headers = { cookie: pairOf(led.setCookies), 'user-id': '7' };
  for (let i = 0; i < 2; i += 1) {
    const { seen, headers: answer } = await ask(visited, headers);
    t.equal(seen.version, 'v2');
    t.match(valuesOf(seen, 'x-tinct-decision')[0], /reason=OVERRIDE/);
    t.same(valuesOf(seen, 'cookie'), []);
    t.equal(answer['cache-control'], 'private');
  }
  t.equal((await ask(visited, { 'user-id': '7' })).seen.version, 'v1');
});

each('an empty link takes the override back', async (t, form) => {
  const visited = await visit(t, form, PLAN);
  const led = await ask(visited, NAVIGATION, '/?tinct-override=');
  t.equal(led.headers['location'], '/');
  t.match(led.setCookies[0], /^__Host-tinct-override=; Max-Age=0; /);
});

each('an override ends with its token, its key, its epoch and an abort', async (t, form) => {
  const visited = await visit(t, form, PLAN);
  const cookie = `__Host-tinct-override=${await tokenOf(visited.keys)}`;
  const version = async () => (await ask(visited, { cookie, 'user-id': '7' })).seen.version;
  t.equal(await version(), 'v2');
  visited.target.useKeys({ keys: [generateKey()] });
  t.equal(await version(), 'v1', 'its key is gone');
  visited.target.useKeys(visited.keys);
  t.equal(await version(), 'v2');
  visited.source.text = visitedPlan({ ...PLAN, revision: 2, more: '    state: aborted\n' });
  await visited.target.plan.load();
  t.equal(await version(), 'v1', 'aborted');
  visited.source.text = visitedPlan({ ...PLAN, revision: 3, epoch: 2 });
  await visited.target.plan.load();
  t.equal(await version(), 'v1', 'another epoch');
  visited.clock.ms += HOUR;
  await version();
  t.match(visited.target.stats().failures, { 'override.key': 1, 'override.expired': 1 });
});

each('only a page that somebody goes to follows a link', async (t, form) => {
  const visited = await visit(t, form, PLAN);
  const path = linkOf(await tokenOf(visited.keys));
  const others = [{}, { accept: 'image/*' }, { ...NAVIGATION, 'sec-fetch-mode': 'no-cors' }];
  for (const headers of others) {
    const answered = await ask(visited, headers, path);
    t.same([answered.status, answered.setCookies, answered.seen.version], [200, [], 'v1']);
  }
  const posted = await ask(visited, NAVIGATION, path, 'POST');
  t.same([posted.status, posted.setCookies], [200, []]);
});

each('without keys a link is the service’s own business', async (t, form) => {
  const visited = await visit(t, form, PLAN, { keys: undefined });
  const { seen } = await ask(visited, NAVIGATION, '/?tinct-override=x');
  t.equal(seen.url, '/?tinct-override=x');
});

const forgeries: readonly (readonly [string, string, (keys: KeySet) => Promise<string>])[] = [
  ['no token', 'malformed', async () => 'x'],
  ['a token of another key', 'key', () => tokenOf({ keys: [generateKey()] })],
  [
    'a token signed under a known kid',
    'signature',
    ({ keys: [{ kid }] }) => tokenOf({ keys: [{ ...generateKey(), kid }] }),
  ],
  ['a token that has ended', 'expired', (keys) => tokenOf(keys, { expires: NOW + 1000 })],
  [
    'two tokens',
    'several',
    async (keys) => `${await tokenOf(keys)}&tinct-override=${await tokenOf(keys)}`,
  ],
];
for (const [attack, failure, forge] of forgeries)
  each(`attack: an override link with ${attack}`, async (t, form) => {
    const visited = await visit(t, form, PLAN);
    const path = linkOf(await forge(visited.keys));
    visited.clock.ms += 2000;
    const answered = await ask(visited, NAVIGATION, path);
    t.same([answered.status, answered.setCookies], [403, []]);
    t.equal(visited.target.stats().failures[`override.${failure}` as 'override.key'], 1);
    t.equal(visited.target.stats().requests, 0);
  });

for (const [attack, failure, forge] of forgeries.slice(0, 4))
  each(`attack: an override cookie with ${attack}`, async (t, form) => {
    const visited = await visit(t, form, PLAN);
    const cookie = `__Host-tinct-override=${await forge(visited.keys)}`;
    visited.clock.ms += 2000;
    for (let i = 0; i < 2; i += 1)
      t.equal((await ask(visited, { cookie, 'user-id': '7' })).seen.version, 'v1');
    t.equal(visited.target.stats().failures[`override.${failure}` as 'override.key'], 2);
  });

each('attack: two override cookies', async (t, form) => {
  const visited = await visit(t, form, PLAN);
  const pair = `__Host-tinct-override=${await tokenOf(visited.keys)}`;
  const { seen } = await ask(visited, { cookie: `${pair}; ${pair}`, 'user-id': '7' });
  t.equal(seen.version, 'v1');
  t.equal(visited.target.stats().failures['override.several'], 1);
});

each(
  'attack: an override cookie in the visitor’s place, and the other way around',
  async (t, form) => {
    const visited = await visit(t, form);
    const token = await tokenOf(visited.keys);
    const own = pairOf((await ask(visited, NAVIGATION)).setCookies).replace('__Host-tinct=', '');
    const cookie = `__Host-tinct=${token}; __Host-tinct-override=${own}`;
    t.equal((await ask(visited, { cookie })).seen.version, 'v1');
  },
);

const elsewhere = ['//evil.example/a', '/\\evil.example/a', '///evil.example'];
for (const path of elsewhere)
  each(`attack: a link to ${path} does not lead to another host`, async (t, form) => {
    const visited = await visit(t, form, PLAN);
    const { location = '' } = (
      await ask(visited, NAVIGATION, linkOf(await tokenOf(visited.keys), path))
    ).headers;
    t.equal(new URL(location, 'https://shop.example/x').host, 'shop.example');
  });

t.test(
  'attack: whatever a link’s path is, it leads to this host and without the token',
  async () => {
    const text = fc.string({
      unit: fc.constantFrom(...'/\\.?&=#@:%a\t'.split(''), 'tinct-override=', 'evil.example'),
    });
    const same = (path: string) => {
      const link = overrideLink(`/${path}`);
      if (link === undefined) return true;
      const { location } = link;
      const { host } = new URL(location, 'https://shop.example/x/y');
      return host === 'shop.example' && overrideLink(location) === undefined;
    };
    fc.assert(
      fc.property(
        text.filter((path) => !/[\t#]/.test(path)),
        same,
      ),
      { numRuns: 20_000 },
    );
  },
);

t.test('attack: a link to what no Location may hold', async (t) => {
  const settings = {
    visitor: visitorSettings({ keys: { keys: [generateKey()] } }),
    now: () => NOW,
  };
  for (const location of ['/a\r\nset-cookie: a=b', '/\xe9', '/a b', '/\t/evil.example']) {
    const link = { tokens: [''], location };
    t.match(await follow(link, new Visitors(settings), NOW), { status: 403 }, location);
  }
  const plain = { tokens: [''], location: '/' };
  t.match(await follow(plain, new Visitors(settings), NOW), { headers: ['location', '/'] });
});

const DEBUG = 'a-token-of-the-operators';

each('who holds the debug token is told how each decision came about', async (t, form) => {
  const visited = await visit(t, form, PLAN, { debugToken: DEBUG, caching: 'off' });
  const told = await ask(visited, { 'x-tinct-debug': DEBUG, 'user-id': '7' });
  const explain = told.headers['x-tinct-explain'];
  t.match(
    explain,
    /^my-service="v1";rev=1;epoch=1;reason=SPLIT;arm=control;rule=0;bucket=\d+;unit="user"$/,
  );
  t.same([told.headers['cache-control'], valuesOf(told.seen, 'x-tinct-debug')], ['private', []]);
});

each('attack: asking for explanations without the token', async (t, form) => {
  const visited = await visit(t, form, PLAN, { debugToken: DEBUG });
  const tries = [DEBUG.slice(0, -1), `${DEBUG}x`, '', [DEBUG, DEBUG]];
  for (const shown of tries)
    t.notOk((await ask(visited, { 'x-tinct-debug': shown })).headers['x-tinct-explain']);
  const closed = await visit(t, form, PLAN);
  t.notOk((await ask(closed, { 'x-tinct-debug': 'undefined' })).headers['x-tinct-explain']);
});
