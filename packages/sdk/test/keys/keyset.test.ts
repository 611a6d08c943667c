import { TinctError } from '@tinct/core';
import t from 'tap';
import { formatKeySet, generateKey, parseKeySet, rotate } from '../../src/keys/index.ts';

const key = { kty: 'oct', use: 'sig', alg: 'HS256', kid: 'a', k: 'A'.repeat(43) };
const text = (...keys: unknown[]): string => JSON.stringify({ keys });

t.test('a generated key is 256 bits of its own', async (t) => {
  const [a, b] = [generateKey(), generateKey()];
  t.equal(Buffer.from(a.k, 'base64url').length, 32);
  t.not(a.k, b.k);
  t.not(a.kid, b.kid);
  t.strictSame({ ...a, k: '', kid: '' }, { kty: 'oct', use: 'sig', alg: 'HS256', k: '', kid: '' });
});

t.test('a key file reads back as it was written', async (t) => {
  const set = { keys: [generateKey()] } as const;
  t.strictSame(parseKeySet(formatKeySet(set)), set);
});

t.test('rotation puts the new key in front and keeps the old ones', async (t) => {
  const [old, next] = [generateKey(), generateKey()];
  t.strictSame(rotate({ keys: [old] }, next), { keys: [next, old] });
});

t.test('members that other tools add are passed over', async (t) => {
  t.strictSame(parseKeySet(text({ ...key, use: undefined, key_ops: ['sign'], x: 1 })).keys, [key]);
});

const MALFORMED: Record<string, string> = {
  'no JSON': '{ "keys": [',
  'no object': '[]',
  'no keys': '{}',
  'an empty set': text(),
  'a key that is no object': text('secret-bytes'),
  'a public key': text({ kty: 'EC', crv: 'P-256', alg: 'ES256', kid: 'a', x: '', y: '' }),
  'another algorithm': text({ ...key, alg: 'HS512' }),
  'no algorithm': text({ ...key, alg: undefined }),
  'a key for encryption': text({ ...key, use: 'enc' }),
  'no kid': text({ ...key, kid: undefined }),
  'a kid with a line end': text({ ...key, kid: 'a\nb' }),
  'the same kid twice': text(key, { ...key, k: `${'B'.repeat(42)}A` }),
  'a key of 31 bytes': text({ ...key, k: Buffer.alloc(31).toString('base64url') }),
  'a key in base64 instead of base64url': text({ ...key, k: `${'/'.repeat(42)}8=` }),
  'a key with bits that no byte has': text({ ...key, k: `${'A'.repeat(42)}B` }),
};

for (const [what, malformed] of Object.entries(MALFORMED)) {
  t.test(`${what} is refused, and the text is not quoted`, async (t) => {
    try {
      parseKeySet(malformed, 'keys.json');
      t.fail('it is taken');
    } catch (error) {
      t.ok(error instanceof TinctError);
      t.match(error, { code: 'TINCT_KEYS_MALFORMED', message: /^keys\.json: / });
      t.notMatch(String(error), /secret-bytes|AAAA|\/\/\/\//);
    }
  });
}
