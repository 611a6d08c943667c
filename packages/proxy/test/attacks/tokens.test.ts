import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import t, { type Test } from 'tap';
import { listen, raw, valuesOf } from '../helpers.ts';
import { ask as askEdge, NOW, visitedEdge } from '../visitor-helpers.ts';
import { each } from './each.ts';
import type { Form } from './forms.ts';
import { ask, visit } from './visited.ts';

async function issuerFor(t: Test) {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' };
  const server = createServer((_, res) => res.end(JSON.stringify({ keys: [jwk] })));
  const url = await listen(t, server);
  const sign = (claims: JWTPayload = {}) =>
    new SignJWT({ iss: 'https://id.example', sub: '123', exp: NOW / 1000 + 300, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .sign(privateKey);
  return { url, sign };
}

const TOKENS = { tokens: { waitMs: 5000 } };

const planOf = (jwks: string, rules = '{ users: ["123"], variant: v2 }') => ({
  identity: `{ unit: user, jwt: { claim: sub, issuer: "https://id.example", jwks: "${jwks}/" } }, { unit: user, header: user-id }`,
  rules,
  memory: '',
  more: 'attributes: { email: { claim: email } }\n',
});

async function setUp(t: Test, form: Form, rules?: string, url?: string) {
  const issuer = await issuerFor(t);
  const visited = await visit(t, form, planOf(url ?? issuer.url, rules), TOKENS);
  const version = async (token: string, headers: Record<string, string> = {}) =>
    (await ask(visited, { authorization: `Bearer ${token}`, ...headers })).seen.version;
  return { visited, issuer, version };
}

each('user 123 reaches v2 by a token, and the token reaches the service', async (t, form) => {
  const { visited, issuer, version } = await setUp(t, form);
  const token = await issuer.sign();
  t.equal(await version(token), 'v2');
  t.equal(await version(await issuer.sign({ sub: '124' })), 'v1');
  const { seen } = await ask(visited, { authorization: `Bearer ${token}` });
  t.same(valuesOf(seen, 'authorization'), [`Bearer ${token}`]);
});

each('a claim of the token is an attribute; a header of that name is not', async (t, form) => {
  const { issuer, version } = await setUp(
    t,
    form,
    '{ when: { attribute: email, endsWith: "@example.com" }, variant: v2 }',
  );
  t.equal(await version(await issuer.sign({ email: 'a@example.com' })), 'v2');
  t.equal(await version(await issuer.sign({ email: 'a@example.org' })), 'v1');
  t.equal(await version(await issuer.sign({ sub: '7' }), { email: 'a@example.com' }), 'v1');
});

each('attack: a forged token, and an identity header beside it', async (t, form) => {
  const { visited, issuer, version } = await setUp(t, form);
  const [header, payload] = (await issuer.sign()).split('.');
  const forged = `${header}.${payload}.${'A'.repeat(86)}`;
  t.equal(await version(forged), 'v1');
  t.equal(await version(forged, { 'user-id': '123' }), 'v1');
  t.equal(visited.target.stats().failures['jwt.signature'], 2);
});

each('a dead key server: requests go on, nobody is anyone', async (t, form) => {
  const { visited, issuer, version } = await setUp(t, form, undefined, 'http://127.0.0.1:9');
  t.equal(await version(await issuer.sign()), 'v1');
  t.equal(visited.target.stats().failures['jwt.jwks'], 1);
});

t.test('a client that leaves while its token is checked reaches no service', async (t) => {
  const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>();
  const { promise: answering, resolve: answer } = Promise.withResolvers<void>();
  const server = createServer((_, res) => {
    onAsked();
    void answering.then(() => res.end('{}'));
  });
  const visited = await visitedEdge(t, planOf(await listen(t, server)), TOKENS);
  const token = await (await issuerFor(t)).sign();
  const lines = ['GET / HTTP/1.1', 'Host: a', `Authorization: Bearer ${token}`, '', ''];
  const { socket, all } = raw(t, visited.edge.address.url, lines.join('\r\n'));
  await asked;
  socket.destroy();
  await all;
  // A request after it is served: the edge has seen the first one's end by then.
  t.equal((await askEdge(visited, { 'user-id': '123' })).seen.version, 'v2');
  answer();
  t.equal((await askEdge(visited, { 'user-id': '123' })).seen.version, 'v2');
  t.equal(visited.edge.stats().requests, 2);
});
