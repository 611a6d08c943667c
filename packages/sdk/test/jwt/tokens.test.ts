import { generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import t, { type Test } from 'tap';
import { heldBytes } from '../../../../test/held.ts';
import {
  type IdentityFailure,
  type IssuerNews,
  identityReader,
  rawHeaderValues,
  TOKEN_DEFAULTS,
  TokenVerifier,
  type Units,
} from '../../src/index.ts';
import { type Issuer, NOW, startIssuer } from './issuer.ts';

/** A clock that a test moves. */
class Clock {
  ms = NOW;
  readonly now = (): number => this.ms;
}

interface Reader {
  readonly clock: Clock;
  /** Who a request with these headers is, and what was not believed. */
  who(...raw: string[]): Promise<{ units: Units; failures: IdentityFailure[] }>;
  /** With one token. */
  as(token: string): Promise<string>;
}

function readerOf(issuers: readonly Issuer[], more: object = {}): Reader {
  const clock = new Clock();
  const options = { ...TOKEN_DEFAULTS, waitMs: 60_000, now: clock.now, ...more };
  const identity = issuers.map(({ source }) => source);
  const readTokens = new TokenVerifier(options).reader(identity);
  const readUnits = identityReader(identity);
  const who = async (...raw: string[]) => {
    const headers = rawHeaderValues(raw);
    const failures: IdentityFailure[] = [];
    const verdicts = await readTokens(headers);
    const units = readUnits(headers, false, { verdicts }, (failure) => failures.push(failure));
    return { units: { ...units }, failures };
  };
  const as = async (token: string) => {
    const { units, failures } = await who('authorization', `Bearer ${token}`);
    return units['user'] ?? failures.join(' ');
  };
  return { clock, who, as };
}

async function setUp(t: Test, more: object = {}) {
  const issuer = await startIssuer(t);
  return { issuer, ...readerOf([issuer], more) };
}

const asText = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

t.test('a token that the issuer signed names the user', async (t) => {
  const { issuer, as, who } = await setUp(t);
  t.equal(await as(await issuer.sign()), 'alice');
  t.same(await who('authorization', 'Basic YWxpY2U6eA=='), { units: {}, failures: [] });
  t.same(await who(), { units: {}, failures: [] });
});

t.test('the keys are fetched once, and a token is verified once', async (t) => {
  const { issuer, as, clock } = await setUp(t);
  const token = await issuer.sign();
  for (let i = 0; i < 5; i += 1) t.equal(await as(token), 'alice');
  t.equal(await as(await issuer.sign({ sub: 'bob' })), 'bob');
  t.equal(issuer.asked(), 1);
  clock.ms += 300_000 + TOKEN_DEFAULTS.clockSkewMs + 1000;
  t.equal(await as(token), 'jwt.expired', 'a remembered one ends too');
});

t.test('a token that was verified before is read without waiting', async (t) => {
  const issuer = await startIssuer(t);
  const verifier = new TokenVerifier({ ...TOKEN_DEFAULTS, now: () => NOW });
  const read = verifier.reader([issuer.source]);
  const headers = rawHeaderValues(['authorization', `bearer ${await issuer.sign()}`]);
  t.type(read(headers), Promise);
  await read(headers);
  t.type(read(headers), Map);
  t.equal(read(rawHeaderValues([])), undefined);
});

const refused: readonly (readonly [attack: string, claims: JWTPayload, failure: string])[] = [
  ['another issuer', { iss: 'https://evil.example' }, 'issuer'],
  ['no issuer', { iss: undefined as never }, 'issuer'],
  ['another audience', { aud: 'admin' }, 'audience'],
  ['no audience', { aud: undefined as never }, 'audience'],
  ['an end that has passed', { exp: NOW / 1000 - 31 }, 'expired'],
  ['no end', { exp: undefined as never }, 'claim'],
  ['an end that is a text', { exp: '9999999999' as never }, 'claim'],
  ['a beginning that has not come', { nbf: NOW / 1000 + 31 }, 'early'],
  ['no subject', { sub: undefined as never }, 'claim'],
  ['an empty subject', { sub: '' }, 'claim'],
  ['several subjects', { sub: ['alice', 'bob'] as never }, 'claim'],
];
for (const [attack, claims, failure] of refused)
  t.test(`attack: a token with ${attack}`, async (t) => {
    const { issuer, as } = await setUp(t);
    t.equal(await as(await issuer.sign(claims)), `jwt.${failure}`);
  });

t.test('the issuer’s clock may be a little off', async (t) => {
  const { issuer, as } = await setUp(t);
  t.equal(await as(await issuer.sign({ exp: NOW / 1000 - 29 })), 'alice');
  t.equal(await as(await issuer.sign({ sub: 'bob', nbf: NOW / 1000 + 29 })), 'bob');
});

t.test('attack: alg none', async (t) => {
  const { issuer, as } = await setUp(t);
  const [, payload] = (await issuer.sign()).split('.');
  for (const alg of ['none', 'None', 'NONE', ''])
    t.equal(await as(`${asText({ alg, kid: 'one' })}.${payload}.`), 'jwt.algorithm', alg);
  const unsecured = new UnsecuredJWT({ iss: 'https://id.example', sub: 'alice' }).encode();
  t.equal(await as(unsecured), 'jwt.algorithm');
});

t.test('attack: HS256 with the public key as the secret', async (t) => {
  const { issuer, as } = await setUp(t);
  const secret = Buffer.from(await issuer.publicPem());
  const claims = { iss: 'https://id.example', aud: 'shop', sub: 'alice', exp: NOW / 1000 + 300 };
  const forged = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', kid: 'one' })
    .sign(secret);
  t.equal(await as(forged), 'jwt.algorithm');
});

t.test('attack: signed by a key of the attacker', async (t) => {
  const { issuer, as } = await setUp(t);
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const claims = { iss: 'https://id.example', aud: 'shop', sub: 'alice', exp: NOW / 1000 + 300 };
  const jwk = await crypto.subtle.exportKey('jwk', publicKey);
  for (const header of [
    { kid: 'one' },
    { kid: 'one', jwk },
    { kid: 'one', jku: 'http://127.0.0.1:1' },
  ]) {
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', ...header } as never)
      .sign(privateKey);
    t.equal(await as(forged), 'jwt.signature');
  }
  t.equal(await as(await issuer.sign({}, { kid: 'other' })), 'jwt.key');
});

t.test('attack: a good token changed', async (t) => {
  const { issuer, as } = await setUp(t);
  const [header, payload, signature] = (await issuer.sign()).split('.');
  const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString());
  const other = asText({ ...claims, sub: 'bob' });
  t.equal(await as(`${header}.${other}.${signature}`), 'jwt.signature');
  for (const text of [
    'x',
    'a.b.c',
    '..',
    `${header}.${payload}`,
    `${header}.${payload}.${signature}.x`,
  ])
    t.equal(await as(text), 'jwt.malformed', text);
  t.equal(await as(await issuer.sign({ pad: 'x'.repeat(9000) })), 'jwt.malformed');
});

t.test('attack: several tokens', async (t) => {
  const { issuer, who } = await setUp(t);
  const [one, two] = [await issuer.sign(), await issuer.sign({ sub: 'bob' })];
  const several = { units: {}, failures: ['jwt.several'] };
  const name = 'authorization';
  t.same(await who(name, `Bearer ${one}`, 'Authorization', `Bearer ${two}`), several);
  t.same(await who(name, `Bearer ${one}`, name, 'Basic YWxpY2U6eA=='), several);
  t.same(await who(name, `Bearer ${one}, Bearer ${two}`), { units: {}, failures: [] });
});

t.test('rotation: a new key is fetched when a token names it', async (t) => {
  const { issuer, as, clock } = await setUp(t);
  const old = await issuer.sign();
  t.equal(await as(old), 'alice');
  await issuer.rotate('two');
  const next = await issuer.sign({ sub: 'bob' });
  t.equal(await as(next), 'jwt.key', 'the last fetch was a moment ago');
  clock.ms += TOKEN_DEFAULTS.cooldownMs;
  t.equal(await as(next), 'bob');
  t.equal(issuer.asked(), 2);
  t.equal(
    await as(old),
    'jwt.key',
    'a withdrawn key holds no longer, for remembered tokens neither',
  );
});

t.test(
  'attack: tokens with invented key ids make no more than a fetch in half a minute',
  async (t) => {
    const { issuer, as } = await setUp(t);
    t.equal(await as(await issuer.sign()), 'alice');
    for (let i = 0; i < 20; i += 1) await as(await issuer.sign({}, { kid: `invented-${i}` }));
    t.equal(issuer.asked(), 1);
  },
);

t.test('a dead key server: who is known stays known for a day, then nobody is', async (t) => {
  const { issuer, as, clock } = await setUp(t);
  t.equal(await as(await issuer.sign()), 'alice');
  issuer.answer((res) => res.destroy());
  clock.ms += TOKEN_DEFAULTS.staleMs;
  const later = () => issuer.sign({ exp: clock.ms / 1000 + 300 });
  t.equal(await as(await later()), 'alice');
  clock.ms += 1000;
  t.equal(await as(await later()), 'jwt.jwks');
});

t.test('a key server that was dead and lives again is asked again, later each time', async (t) => {
  const issuer = await startIssuer(t);
  issuer.answer((res) => {
    res.statusCode = 503;
    res.end();
  });
  const { as, clock } = readerOf([issuer]);
  const token = await issuer.sign();
  t.equal(await as(token), 'jwt.jwks');
  t.equal(await as(token), 'jwt.jwks', 'not asked again at once');
  t.equal(issuer.asked(), 1);
  clock.ms += 1000;
  t.equal(await as(token), 'jwt.jwks');
  clock.ms += 1999;
  t.equal(await as(token), 'jwt.jwks');
  t.equal(issuer.asked(), 2);
  issuer.answer();
  clock.ms += 1;
  t.equal(await as(token), 'alice');
});

t.test('a key server that never answers holds a request no longer than the wait', async (t) => {
  const issuer = await startIssuer(t);
  issuer.answer(() => {});
  const { as } = readerOf([issuer], { waitMs: 20 });
  t.equal(await as(await issuer.sign()), 'jwt.jwks');
});

t.test('a key server that never answers holds nobody up who closes', async (t) => {
  const issuer = await startIssuer(t);
  issuer.answer(() => {});
  const options = { ...TOKEN_DEFAULTS, timeoutMs: 600_000, waitMs: 600_000, now: () => NOW };
  const verifier = new TokenVerifier(options);
  const read = verifier.reader([issuer.source]);
  const verdicts = read(rawHeaderValues(['authorization', `Bearer ${await issuer.sign()}`]));
  verifier.close();
  t.strictSame([...((await verdicts)?.values() ?? [])], [{ failure: 'jwks' }]);
});

const answers: readonly (readonly [string, string])[] = [
  ['no JSON', '<html>'],
  ['no key set', '{}'],
  ['an empty key set', '{"keys":[]}'],
  ['a huge one', `{"keys":[],"pad":"${'x'.repeat(1_100_000)}"}`],
];
for (const [what, text] of answers)
  t.test(`a key server that answers with ${what} lets nobody in`, async (t) => {
    const issuer = await startIssuer(t);
    issuer.answer((res) => res.end(text));
    const { as } = readerOf([issuer]);
    t.match(await as(await issuer.sign()), /^jwt\.(jwks|key)$/);
  });

t.test('attack: a redirect to the attacker’s keys is not followed', async (t) => {
  const [issuer, evil] = [await startIssuer(t), await startIssuer(t)];
  issuer.answer((res) => res.writeHead(302, { location: evil.url }).end());
  const { as } = readerOf([issuer]);
  t.equal(await as(await evil.sign()), 'jwt.jwks');
  t.equal(evil.asked(), 0);
});

t.test('a token in a cookie', async (t) => {
  const issuer = await startIssuer(t);
  const source = { ...issuer.source, from: { cookie: 'session' } };
  const { who } = readerOf([{ ...issuer, source }]);
  const token = await issuer.sign();
  t.same((await who('cookie', `a=1; session=${token}`)).units, { user: 'alice' });
  t.same(await who('cookie', `session=${token}; session=${token}`), {
    units: {},
    failures: ['jwt.several'],
  });
});

t.test(
  'an issuer whose keys do not come is told of once, and so is that they come again',
  async (t) => {
    const heard: IssuerNews[] = [];
    const { issuer, as, clock } = await setUp(t, {
      onIssuer: (news: IssuerNews) => void heard.push(news),
    });
    issuer.answer((res) => void res.writeHead(500).end());
    const token = await issuer.sign();
    t.equal(await as(token), 'jwt.jwks');
    clock.ms += TOKEN_DEFAULTS.cooldownMs;
    t.equal(await as(token), 'jwt.jwks');
    t.match(heard, [{ url: issuer.url, error: { code: 'TINCT_JWKS_UNREADABLE' } }]);
    t.equal(heard[0]?.error?.message, `${issuer.url}: status 500`);
    issuer.answer((res) => void res.end('{"keys":"none"}'));
    clock.ms += TOKEN_DEFAULTS.cooldownMs;
    t.equal(await as(token), 'jwt.jwks');
    t.equal(heard.length, 1, 'it is still the same trouble');
    issuer.answer();
    clock.ms += TOKEN_DEFAULTS.cooldownMs;
    t.equal(await as(await issuer.sign()), 'alice');
    t.match(heard.slice(1), [{ url: issuer.url, error: undefined }]);
    issuer.answer((res) => void res.end('<html>'));
    clock.ms += TOKEN_DEFAULTS.freshMs + 1;
    await as(await issuer.sign());
    while (heard.length < 3) await new Promise((wait) => setTimeout(wait, 5));
    t.equal(heard[2]?.error?.message, `${issuer.url}: it is no JWK Set`);
  },
);

t.test('what is told of an issuer shows neither user nor query of its URL', async (t) => {
  const heard: IssuerNews[] = [];
  const issuer = await startIssuer(t);
  const jwks = `${issuer.url.replace('//', '//me:secret@')}?key=secret`;
  const onIssuer = (news: IssuerNews) => void heard.push(news);
  const { as } = readerOf([{ ...issuer, source: { ...issuer.source, jwks } }], { onIssuer });
  t.equal(await as(await issuer.sign()), 'jwt.jwks', 'fetch takes no user in a URL');
  t.match(heard, [{ url: issuer.url }]);
  t.notMatch(heard[0]?.error?.message, /secret/);
});

t.test('attack: tokens that are known do not keep the heads that they came in', async (t) => {
  const { issuer, who } = await setUp(t);
  const inLongHead = (token: string) => {
    const value = `Bearer ${token}`;
    const head = Buffer.from(`${value}${' '.repeat(60_000)}`).toString('latin1');
    return who('authorization', head.slice(0, value.length));
  };
  await inLongHead(await issuer.sign());
  const before = heldBytes();
  for (let i = 0; i < 300; i += 1) {
    const { units } = await inLongHead(await issuer.sign({ sub: `user-${i}` }));
    t.equal(units['user'], `user-${i}`);
  }
  const held = heldBytes() - before;
  // Of 300 heads it would be 18 MB.
  t.ok(held < 4e6, `${held}`);
});
