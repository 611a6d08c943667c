import type { Override } from '@tinct/core';
import { CompactSign, decodeProtectedHeader, UnsecuredJWT } from 'jose';
import t from 'tap';
import { generateKey, type KeySet, signOverride, verifyOverride } from '../../src/keys/index.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-03-01T12:00:00.400Z');
const wish: Override = { release: 'shop', variant: 'v2', epoch: 3, expires: NOW + 2 * HOUR };
const keys: KeySet = { keys: [generateKey()] };
const [key] = keys.keys;

interface Forged {
  readonly header?: Record<string, unknown>;
  readonly claims?: unknown;
  readonly secret?: Uint8Array;
}

const CLAIMS = { release: 'shop', variant: 'v2', epoch: 3, iat: 1000, exp: 2000, jti: 'x' };

/** A token that anybody with some key can make. */
function forge({ header = {}, claims = CLAIMS, secret }: Forged): Promise<string> {
  const payload = claims instanceof Uint8Array ? claims : Buffer.from(JSON.stringify(claims));
  return new CompactSign(payload)
    .setProtectedHeader({ alg: 'HS256', kid: key.kid, typ: 'tinct-override+jwt', ...header })
    .sign(secret ?? Buffer.from(key.k, 'base64url'));
}

t.test('what was signed comes back, to the second', async (t) => {
  const { token, claims, kid } = await signOverride(wish, keys, NOW);
  t.equal(kid, key.kid);
  t.strictSame(decodeProtectedHeader(token), {
    alg: 'HS256',
    kid: key.kid,
    typ: 'tinct-override+jwt',
  });
  t.match(claims, { release: 'shop', variant: 'v2', epoch: 3, iat: 1772366400, exp: 1772373600 });
  t.match(claims.jti, /^[0-9a-f-]{36}$/);
  t.strictSame(await verifyOverride(token, keys), { ...wish, expires: 1772373600_000 });
});

t.test('a token of an older key holds after rotation, and not once the key is gone', async (t) => {
  const { token } = await signOverride(wish, keys, NOW);
  const next = generateKey();
  t.type(await verifyOverride(token, { keys: [next, key] }), 'object');
  t.equal(await verifyOverride(token, { keys: [next] }), 'key');
});

t.test('an override lasts from a second to 24 hours', async (t) => {
  const lasting = (ms: number) => signOverride({ ...wish, expires: NOW + ms }, keys, NOW);
  await t.resolves(lasting(24 * HOUR));
  await t.resolves(lasting(1000));
  for (const ms of [24 * HOUR + 1000, 0, -HOUR, Number.NaN]) {
    await t.rejects(lasting(ms), { code: 'TINCT_OVERRIDE_LIFETIME' }, `${ms} ms`);
  }
});

t.test('attack: a token without a signature', async (t) => {
  t.equal(await verifyOverride(new UnsecuredJWT(CLAIMS).encode(), keys), 'type');
  const none = Buffer.from(
    JSON.stringify({ alg: 'none', typ: 'tinct-override+jwt', kid: key.kid }),
  ).toString('base64url');
  const payload = Buffer.from(JSON.stringify(CLAIMS)).toString('base64url');
  t.equal(await verifyOverride(`${none}.${payload}.`, keys), 'algorithm');
});

t.test('attack: signed by a key of the attacker under a known kid', async (t) => {
  const token = await forge({ secret: Buffer.alloc(32, 7) });
  t.equal(await verifyOverride(token, keys), 'signature');
});

t.test('attack: the payload, the header or the signature changed by one character', async (t) => {
  const { token } = await signOverride(wish, keys, NOW);
  const parts = token.split('.');
  for (const i of [0, 1, 2]) {
    const changed = parts.map((part, j) =>
      i === j ? `${part.slice(0, 8)}${part[8] === 'A' ? 'B' : 'A'}${part.slice(9)}` : part,
    );
    t.type(await verifyOverride(changed.join('.'), keys), 'string', `part ${i}`);
  }
});

t.test('attack: another token of the same key', async (t) => {
  for (const typ of [undefined, 'JWT', 'tinct-memory+jwt', 'application/tinct-override+jwt'])
    t.equal(await verifyOverride(await forge({ header: { typ } }), keys), 'type', `${typ}`);
});

t.test('attack: another algorithm with the same key', async (t) => {
  const secret = Buffer.concat([Buffer.from(key.k, 'base64url'), Buffer.alloc(32)]);
  t.equal(
    await verifyOverride(await forge({ header: { alg: 'HS512' }, secret }), keys),
    'algorithm',
  );
});

t.test('attack: a kid that is no own key of anything', async (t) => {
  for (const kid of [undefined, '', '__proto__', 'constructor', 0, [key.kid], '../keys.json'])
    t.equal(await verifyOverride(await forge({ header: { kid: kid as string } }), keys), 'key');
});

t.test('attack: extensions that must be understood', async (t) => {
  const [, payload, signature] = (await forge({})).split('.');
  const header = { alg: 'HS256', kid: key.kid, typ: 'tinct-override+jwt', crit: ['x'], x: 1 };
  const crit = Buffer.from(JSON.stringify(header)).toString('base64url');
  t.equal(await verifyOverride(`${crit}.${payload}.${signature}`, keys), 'malformed');
});

t.test('what is no compact JWS is malformed, whatever it is', async (t) => {
  for (const token of ['', '.', '..', 'a.b.c', 'a'.repeat(5000), '\ud800.\0.é', '{}', 'bnVsbA..'])
    t.match(await verifyOverride(token, keys), /^(malformed|type)$/, JSON.stringify(token));
  const long = await forge({ claims: { ...CLAIMS, padding: 'x'.repeat(2048) } });
  t.equal(await verifyOverride(long, keys), 'malformed', 'a long one, well signed');
});

t.test('claims that are no override are refused though the signature is right', async (t) => {
  const refused = async (claims: unknown) => verifyOverride(await forge({ claims }), keys);
  for (const wrong of [
    { release: 'Shop' },
    { release: undefined },
    { release: ['shop'] },
    { variant: '' },
    { variant: 'v2\r\nx: y' },
    { epoch: 0 },
    { epoch: '3' },
    { epoch: 2 ** 53 },
    { exp: undefined },
    { exp: 1000 },
    { exp: 1000 + 86_401 },
    { exp: 1e300 },
    { iat: undefined },
    { iat: 1000.5 },
  ])
    t.equal(await refused({ ...CLAIMS, ...wrong }), 'claims', JSON.stringify(wrong));
  for (const payload of [null, [], 'shop', 7, Buffer.from([0xff]), Buffer.from('{')])
    t.equal(await refused(payload), 'claims');
  t.type(await refused({ ...CLAIMS, exp: 1000 + 86_400, extra: true }), 'object');
});
