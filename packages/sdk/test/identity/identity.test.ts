import type { AttributeSource, IdentitySource } from '@tinct/core';
import t from 'tap';
import {
  attributeReader,
  type Claims,
  identityReader,
  rawHeaderValues,
  type Verdict,
} from '../../src/index.ts';

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

const jwt = (issuer = 'https://id.example', claim = 'sub') =>
  ({
    kind: 'jwt',
    unit: 'user',
    from: { header: 'authorization' },
    claim,
    issuer,
  }) as IdentitySource;
const keys = { find: async () => new Uint8Array() };

/** Units, and the failures that were told. */
function proven(
  identity: IdentitySource[],
  verdicts: [IdentitySource, Verdict][],
  raw: string[] = [],
) {
  const failures: string[] = [];
  const read = identityReader(identity);
  const failed = (failure: string) => failures.push(failure);
  const all = read(rawHeaderValues(raw), true, { verdicts: new Map(verdicts) }, failed);
  return { units: { ...all }, failures };
}

t.test('a verified token yields its claim, a text or a whole number', async (t) => {
  const source = jwt();
  for (const [sub, key] of [
    ['alice', 'alice'],
    [123, '123'],
  ] as const)
    t.same(proven([source], [[source, { claims: { sub } as Claims, keys }]]).units, { user: key });
  for (const claims of [{}, { sub: '' }, { sub: 1.5 }, { sub: ['alice'] }, { sub: null }]) {
    const verdict = { claims: claims as Claims, keys };
    t.same(proven([source], [[source, verdict]]), { units: {}, failures: ['jwt.claim'] });
  }
});

t.test('a claim called constructor or __proto__ is one like any other', async (t) => {
  for (const claim of ['constructor', '__proto__', 'toString']) {
    const source = jwt('x', claim);
    t.same(proven([source], [[source, { claims: {}, keys }]]).units, {});
  }
});

t.test('attack: a spoiled token is no way down to a weaker source', async (t) => {
  const source = jwt();
  const raw = ['user-id', '123'];
  for (const failure of ['signature', 'expired', 'jwks', 'several', 'algorithm'] as const) {
    const got = proven([source, header('user-id')], [[source, { failure }]], raw);
    t.same(got, { units: {}, failures: [`jwt.${failure}`] });
  }
  t.same(proven([source, header('user-id')], [], raw).units, { user: '123' });
});

t.test('a token of another issuer is for the source of that issuer', async (t) => {
  const [one, two] = [jwt('one'), jwt('two')];
  const verdicts: [IdentitySource, Verdict][] = [
    [one, { failure: 'issuer' }],
    [two, { claims: { sub: 'alice' }, keys }],
  ];
  t.same(proven([one, two], verdicts), { units: { user: 'alice' }, failures: [] });
  t.same(proven([one, two], verdicts.slice(0, 1)).failures, ['jwt.issuer']);
});

t.test('an issued id is a unit like any other, after the sources before it', async (t) => {
  const identity = [cookie('aid', { unit: 'anonymous' }), { kind: 'issued', unit: 'anonymous' }];
  const read = identityReader(identity as IdentitySource[]);
  const given = (raw: string[]) => ({ ...read(rawHeaderValues(raw), true, { issued: 'abc' }) });
  t.same(given([]), { anonymous: 'abc' });
  t.same(given(['cookie', 'aid=x']), { anonymous: 'x' });
  t.same({ ...read(rawHeaderValues([]), true) }, {});
});

t.test('what a source could not believe is told by its reason', async (t) => {
  t.same(proven([header('a')], [], ['a', '1', 'a', '2']).failures, ['header.several']);
  t.same(proven([cookie('a')], [], ['cookie', 'a=1; a=2']).failures, ['cookie.several']);
  t.same(proven([header('a')], [], ['a', '\xff']).failures, ['header.malformed']);
  t.same(proven([header('a')], [], ['a', '']).failures, []);
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

const claims = [
  ['string', 'a', 'a'],
  ['string', 1, undefined],
  ['number', 1.5, 1.5],
  ['number', '1', undefined],
  ['boolean', false, false],
  ['list', ['a', 'b'], ['a', 'b']],
  ['list', ['a', 1], undefined],
  ['list', 'a', undefined],
  ['string', null, undefined],
] as const;
for (const [type, value, read] of claims)
  t.test(`${type} claim ${JSON.stringify(value)} reads as ${JSON.stringify(read)}`, async (t) => {
    const reader = attributeReader({ x: { kind: 'claim', name: 'c', type } });
    const got = { ...reader(rawHeaderValues(['c', 'header']), true, { c: value }) };
    t.same(got, read === undefined ? {} : { x: read });
  });

t.test('without a verified token every claim is missing', async (t) => {
  t.same(attributes({ x: { kind: 'claim', name: 'x', type: 'string' } }, ['x', 'a']), {});
});
