import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import { fieldsOf } from '../../src/cookie/digest.ts';
import {
  type CookieContent,
  MAX_COOKIE_VALUE,
  macKeys,
  openCookie,
  type StoredEntry,
  sealCookie,
  unitDigest,
} from '../../src/cookie/index.ts';
import { generateKey } from '../../src/keys/index.ts';

const NAME = '__Host-tinct';
const NOW = Date.parse('2026-03-01T12:00:00Z');
const key = generateKey();
const keys = macKeys({ keys: [key] });

const entry = (more: Partial<StoredEntry> = {}): StoredEntry => ({
  release: 'my-service',
  variant: 'v2',
  unitType: 'user',
  unit: unitDigest('user', '123'),
  epoch: 1,
  at: NOW,
  ...more,
});
const content: CookieContent = {
  id: 'AAAAAAAAAAAAAAAAAAAAAA',
  revision: 12,
  expires: NOW / 1000 + 60,
  memory: [entry({ boundTo: unitDigest('', '123'), since: NOW }), entry({ release: 'cart' })],
  last: [
    {
      release: 'my-service',
      variant: 'v1',
      unitType: 'user',
      unit: unitDigest('user', '123'),
      epoch: 1,
      revision: 12,
      at: NOW,
    },
  ],
};
const value = sealCookie(content, NAME, keys);

/** Signs any payload, as only a key holder can. */
function signed(payload: string, { version = '1', name = NAME } = {}): string {
  const bytes = Buffer.from(payload);
  const mac = createHmac('sha256', Buffer.from(key.k, 'base64url'))
    .update(fieldsOf('tinct-cookie', version, key.kid, name, bytes))
    .digest('base64url');
  return `${version}~${key.kid}~${bytes.toString('base64url')}~${mac}`;
}

t.test('what was sealed is opened, until it ends', async (t) => {
  t.strictSame(openCookie(value, NAME, keys, NOW), { kid: key.kid, content });
  t.type(openCookie(value, NAME, keys, NOW + 59_999), 'object');
  t.equal(openCookie(value, NAME, keys, NOW + 60_000), 'expired');
});

t.test('a value needs no quoting or encoding in a cookie', async (t) => {
  t.match(value, /^[A-Za-z0-9._~-]+$/);
});

t.test('a cookie of an older key holds after rotation, and not once the key is gone', async (t) => {
  const next = generateKey();
  const rotated = macKeys({ keys: [next, key] });
  t.match(openCookie(value, NAME, rotated, NOW), { kid: key.kid });
  t.match(openCookie(sealCookie(content, NAME, rotated), NAME, rotated, NOW), { kid: next.kid });
  t.equal(openCookie(value, NAME, macKeys({ keys: [next] }), NOW), 'key');
});

t.test('attack: replayed under another name', async (t) => {
  t.equal(openCookie(value, '__Secure-tinct', keys, NOW), 'signature');
});

t.test('attack: signed by a key of the attacker under a known kid', async (t) => {
  const own = macKeys({ keys: [{ ...generateKey(), kid: key.kid }] });
  t.equal(openCookie(sealCookie(content, NAME, own), NAME, keys, NOW), 'signature');
});

t.test('attack: any one character changed, added or taken away', async (t) => {
  for (let i = 0; i < value.length; i += 1) {
    const other = value[i] === 'A' ? 'B' : 'A';
    const changed = [
      value.slice(0, i) + other + value.slice(i + 1),
      value.slice(0, i) + value.slice(i + 1),
      value.slice(0, i) + other + value.slice(i),
      value.slice(0, i),
    ];
    for (const text of changed) t.type(openCookie(text, NAME, keys, NOW), 'string', `at ${i}`);
  }
});

t.test('attack: the parts of two cookies put together', async (t) => {
  const other = sealCookie({ ...content, memory: [] }, NAME, keys).split('~');
  for (const i of [2, 3]) {
    const mixed = value.split('~').map((part, j) => (i === j ? (other[j] ?? '') : part));
    t.equal(openCookie(mixed.join('~'), NAME, keys, NOW), 'signature');
  }
});

t.test(
  'attack: an override token, or any text that the same key signed for another purpose',
  async (t) => {
    const payload = value.split('~')[2] ?? '';
    const mac = createHmac('sha256', Buffer.from(key.k, 'base64url'))
      .update(payload)
      .digest('base64url');
    t.equal(openCookie(`1~${key.kid}~${payload}~${mac}`, NAME, keys, NOW), 'signature');
  },
);

t.test('attack: a kid that is no own key of anything', async (t) => {
  const [version, , payload, mac] = value.split('~');
  for (const kid of ['', '__proto__', 'constructor', '../keys.json'])
    t.equal(openCookie([version, kid, payload, mac].join('~'), NAME, keys, NOW), 'key');
});

t.test('a payload that is no content is refused though the MAC is right', async (t) => {
  const good = { id: content.id, rev: 1, exp: content.expires, mem: [] as unknown[] };
  const row = ['my-service', 'v2', 'user', unitDigest('user', '1'), 1, NOW];
  t.type(openCookie(signed(JSON.stringify({ ...good, mem: [row] })), NAME, keys, NOW), 'object');
  const wrong = [
    ...[{ id: 'x' }, { id: 7 }, { rev: 0 }, { rev: '1' }, { exp: 1.5 }, { exp: undefined }],
    ...[{ mem: {} }, { mem: undefined }, { mem: [[]] }, { mem: [row.slice(0, 5)] }],
    ...[{ mem: [[...row, 'short']] }, { mem: [[...row, row[3], 0, 1]] }, { mem: [null] }],
    ...row.map((_, i) => ({ mem: [row.map((part, j) => (i === j ? null : part))] })),
    ...['V2', 'a b', ''].map((label) => ({
      mem: [row.map((part, j) => (j === 1 ? label : part))],
    })),
  ];
  const payloads = wrong.map((more) => JSON.stringify({ ...good, ...more }));
  for (const payload of [...payloads, 'null', '[]', '7', '{', ''])
    t.equal(openCookie(signed(payload), NAME, keys, NOW), 'malformed', payload);
  t.equal(openCookie(signed(JSON.stringify(good), { version: '2' }), NAME, keys, NOW), 'malformed');
});

t.test('the oldest entries leave first, and the rest fits', async (t) => {
  const memory = Array.from({ length: 100 }, (_, i) =>
    entry({ release: `release-${i}`, at: NOW + ((i * 37) % 100), boundTo: unitDigest('', `${i}`) }),
  );
  const long = sealCookie({ ...content, memory }, NAME, keys);
  const opened = openCookie(long, NAME, keys, NOW);
  const kept = (typeof opened === 'string' ? [] : opened.content.memory).map(({ at }) => at - NOW);
  t.ok(long.length <= MAX_COOKIE_VALUE && long.length > MAX_COOKIE_VALUE - 200);
  t.ok(kept.length > 10);
  t.strictSame(
    kept.toSorted((a, b) => a - b),
    Array.from({ length: kept.length }, (_, i) => 100 - kept.length + i),
  );
});

t.test('no text makes the parser throw, and none is believed', async () => {
  const part = fc.oneof(
    fc.base64String(),
    fc.string({ unit: 'binary' }),
    fc.constant(key.kid),
    fc.constant(''),
  );
  const parts = fc.array(part, { maxLength: 6 }).map((all) => all.join('~'));
  const cut = fc
    .tuple(fc.nat(value.length), fc.string({ unit: 'binary', maxLength: 9 }))
    .map(([at, text]) => value.slice(0, at) + text + value.slice(at + text.length));
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    parts,
    parts.map((rest) => `1~${rest}`),
    cut,
  );
  const refused = (text: string) =>
    text === value || typeof openCookie(text, NAME, keys, NOW) === 'string';
  fc.assert(fc.property(texts, refused), { numRuns: 20_000 });
});

t.test('whatever the memory is, sealing and opening gives it back', async () => {
  const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/);
  const counter = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
  const digest = fc.string().map((text) => unitDigest('user', text));
  const made = fc.record(
    {
      release: label,
      variant: label,
      unitType: label,
      unit: digest,
      epoch: counter,
      at: counter,
      boundTo: digest,
      since: fc.nat(),
    },
    { requiredKeys: ['release', 'variant', 'unitType', 'unit', 'epoch', 'at'] },
  );
  const same = (memory: StoredEntry[]) => {
    const all = { ...content, memory };
    const opened = openCookie(sealCookie(all, NAME, keys), NAME, keys, NOW);
    return typeof opened !== 'string' && JSON.stringify(opened.content) === JSON.stringify(all);
  };
  fc.assert(fc.property(fc.array(made, { maxLength: 8 }) as fc.Arbitrary<StoredEntry[]>, same), {
    numRuns: 300,
  });
});
