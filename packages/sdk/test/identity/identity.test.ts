import type { AttributeSource, IdentitySource } from '@tinct/core';
import t from 'tap';
import { attributeReader, identityReader, rawHeaderValues } from '../../src/index.ts';

const header = (name: string, more: { unit?: string; trust?: 'hops' | 'anyone' } = {}) =>
  ({ kind: 'header', name, unit: 'user', trust: 'hops', ...more }) as IdentitySource;
const cookie = (name: string, more: { unit?: string; trust?: 'hops' | 'anyone' } = {}) =>
  ({ kind: 'cookie', name, unit: 'user', trust: 'anyone', ...more }) as IdentitySource;

function units(identity: IdentitySource[], raw: string[], trusted = true) {
  return { ...identityReader(identity)(rawHeaderValues(raw), trusted) };
}

t.test('a trusted hop is believed for its header, whatever the capitals', async (t) => {
  t.same(units([header('User-Id')], ['USER-ID', '123']), { user: '123' });
});

t.test('a header from a peer that is not trusted yields nothing', async (t) => {
  t.same(units([header('user-id')], ['user-id', '123'], false), {});
  t.same(units([header('user-id', { trust: 'anyone' })], ['user-id', '123'], false), {
    user: '123',
  });
});

t.test('of each unit type the first source that yields a value wins', async (t) => {
  const identity = [header('user-id'), cookie('uid'), header('x-tenant', { unit: 'tenant' })];
  t.same(units(identity, ['cookie', 'uid=7', 'x-tenant', 'acme']), { user: '7', tenant: 'acme' });
  t.same(units(identity, ['user-id', '', 'cookie', 'uid=7']), { user: '7' });
  t.same(units(identity, ['user-id', '123', 'cookie', 'uid=7']), { user: '123' });
});

t.test(
  'a doubled identity header is no identity, and no way down to a weaker source',
  async (t) => {
    const identity = [header('user-id'), cookie('uid')];
    t.same(units(identity, ['user-id', '1', 'User-Id', '2', 'cookie', 'uid=7']), {});
    t.same(units(identity, ['user-id', '1', 'user-id', '1', 'cookie', 'uid=7']), {});
  },
);

t.test('a doubled header from a peer that is not trusted stands in nobody’s way', async (t) => {
  const raw = ['user-id', '1', 'user-id', '2', 'cookie', 'uid=7'];
  t.same(units([header('user-id'), cookie('uid')], raw, false), { user: '7' });
});

t.test('a cookie set twice is no identity', async (t) => {
  t.same(units([cookie('uid')], ['cookie', 'uid=7; a=b; uid=8']), {});
  t.same(units([cookie('uid')], ['cookie', 'uid=7', 'cookie', 'uid=8']), {});
});

t.test('cookies are read as browsers write them', async (t) => {
  t.same(units([cookie('uid')], ['cookie', 'a=1; uid="7 8";b']), { user: '7 8' });
  t.same(units([cookie('uid')], ['cookie', 'uid=a%20b']), { user: 'a b' });
  t.same(units([cookie('uid')], ['cookie', 'uid=100%']), { user: '100%' });
  t.same(units([cookie('uid')], ['cookie', 'xuid=7; UID=8; uid=']), {});
});

t.test('header bytes are UTF-8, or no id', async (t) => {
  const bytes = Buffer.from('zoë', 'utf8').toString('latin1');
  t.same(units([header('user-id')], ['user-id', bytes]), { user: 'zoë' });
  t.same(units([header('user-id')], ['user-id', '\xff']), {});
});

t.test('a unit type called __proto__ or constructor is one like any other', async (t) => {
  const read = identityReader([header('user-id', { unit: 'constructor' })]);
  t.equal(read(rawHeaderValues(['user-id', '1']), true)['constructor'], '1');
  t.equal(read(rawHeaderValues([]), true)['constructor'], undefined);
});

t.test('JWTs and issued ids yield nothing yet', async (t) => {
  const jwt = { kind: 'jwt', unit: 'user', from: { header: 'authorization' }, claim: 'sub' };
  const identity = [jwt as unknown as IdentitySource, { kind: 'issued', unit: 'user' } as const];
  t.same(units(identity, ['authorization', 'Bearer x']), {});
});

function attributes(declared: Record<string, AttributeSource>, raw: string[], trusted = true) {
  return { ...attributeReader(declared)(rawHeaderValues(raw), trusted) };
}

const typed = (type: string) =>
  ({ x: { kind: 'header', name: 'x', type, trust: 'hops' } }) as Record<string, AttributeSource>;

const readings = [
  ['string', 'text', 'text'],
  ['string', '', undefined],
  ['number', '-1.5e3', -1500],
  ['number', '0', 0],
  ['number', '0x10', undefined],
  ['number', '1e999', undefined],
  ['number', ' ', undefined],
  ['boolean', 'true', true],
  ['boolean', 'false', false],
  ['boolean', '1', undefined],
  ['list', 'a, b,,c ', ['a', 'b', 'c']],
  ['list', '', []],
] as const;
for (const [type, text, value] of readings)
  t.test(
    `${type} attribute ${JSON.stringify(text)} reads as ${JSON.stringify(value)}`,
    async (t) => {
      t.same(attributes(typed(type), ['x', text]), value === undefined ? {} : { x: value });
    },
  );

t.test('several lines make a list and no other attribute', async (t) => {
  t.same(attributes(typed('list'), ['x', 'a', 'X', 'b']), { x: ['a', 'b'] });
  t.same(attributes(typed('string'), ['x', 'a', 'X', 'b']), {});
});

t.test('an attribute from a peer that is not trusted is missing', async (t) => {
  t.same(attributes(typed('string'), ['x', 'a'], false), {});
  t.same(attributes(typed('list'), ['x', 'a'], false), {});
});

t.test('a claim is missing until tokens are verified', async (t) => {
  t.same(attributes({ x: { kind: 'claim', name: 'x', type: 'string' } }, ['x', 'a']), {});
});
