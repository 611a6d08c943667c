/** Who may ask: the gateway, and nobody else. */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { Agent, request as requestTls } from 'node:https';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import t, { type Test } from 'tap';
import { loadServices } from '../../src/ext-authz/protocol.ts';
import { type ExtAuthzOptions, startExtAuthz } from '../../src/index.ts';
import { check, checkRequest, clientOf } from '../attacks/forms.ts';
import { SECRET } from '../attacks/gateway.ts';
import { makeAuthority, makeCertificate } from '../certificates.ts';
import { planText, TextSource } from '../helpers.ts';

async function serverFor(t: Test, options: Partial<ExtAuthzOptions> = {}) {
  const plan = new TextSource(planText());
  const trustedHops = ['127.0.0.0/8'];
  const server = await startExtAuthz({
    plan,
    trustedHops,
    secrets: [SECRET],
    graceMs: 100,
    ...options,
  });
  t.teardown(() => server.close());
  return server;
}

const ASKED = checkRequest({ method: 'GET', path: '/' }, [
  ['host', 'shop.example'],
  ['user-id', '123'],
]);

/** A check in HTTP with these headers; the status, and the color. */
async function asked(url: string, ...headers: string[]) {
  const all = ['host', 'shop.example', 'user-id', '123', ...headers];
  const { hostname: host, port } = new URL(url);
  const given = all as unknown as Record<string, string>;
  const asking = request({ host, port, headers: given, agent: false }).end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  response.resume();
  return [response.statusCode, response.headers['x-tinct-my-service']];
}

const UNAUTHENTICATED = { code: 16, details: 'TINCT_AUTHZ_STRANGER' };

t.test('attack: a check by gRPC without the secret, with another, or with two', async (t) => {
  const server = await serverFor(t);
  const client = clientOf(t, server.grpc);
  await t.rejects(check(client, ASKED, {}), UNAUTHENTICATED);
  await t.rejects(check(client, ASKED, { 'x-tinct-gateway': '' }), UNAUTHENTICATED);
  await t.rejects(check(client, ASKED, { 'x-tinct-gateway': SECRET.slice(1) }), UNAUTHENTICATED);
  await t.rejects(
    check(client, ASKED, { 'x-tinct-gateway': `${SECRET}, ${SECRET}` }),
    UNAUTHENTICATED,
  );
  t.equal(server.stats().strangers, 4);
  t.equal(server.stats().requests, 0);
  t.match(await check(client, ASKED), { okResponse: {} });
});

t.test('attack: a check by HTTP without the secret, with another, or with two', async (t) => {
  const server = await serverFor(t);
  const strangers: readonly string[][] = [
    [],
    ['x-tinct-gateway', ''],
    ['x-tinct-gateway', `${SECRET}x`],
    ['x-tinct-gateway', `x ${SECRET}`],
    ['x-tinct-gateway', SECRET, 'x-tinct-gateway', SECRET],
  ];
  for (const headers of strangers) t.same(await asked(server.http, ...headers), [503, undefined]);
  t.equal(server.stats().strangers, 5);
  t.equal(server.stats().requests, 0);
  t.same(await asked(server.http, 'x-tinct-gateway', `${SECRET} 127.0.0.1`), [200, 'v2']);
});

t.test(
  'attack: a gateway that says nothing of its peer is not its clients’ trusted hop',
  async (t) => {
    const server = await serverFor(t);
    const forged = ['x-forwarded-for', '127.0.0.1', 'x-real-ip', '127.0.0.1'];
    t.same(await asked(server.http, 'x-tinct-gateway', SECRET, ...forged), [200, 'v1']);
  },
);

t.test('attack: a server that anyone could ask does not start', async (t) => {
  const code = 'TINCT_AUTHZ_OPTION_MALFORMED';
  await t.rejects(serverFor(t, { secrets: [] }), { code, message: /^secrets: / });
  await t.rejects(serverFor(t, { secrets: ['short'] }), { code });
  await t.rejects(serverFor(t, { secrets: [`${SECRET} x`] }), { code });
});

t.test('secrets are changed while it runs, and two hold at a time', async (t) => {
  const server = await serverFor(t);
  const next = 'another-secret-of-the-gateway';
  server.useSecrets([next, SECRET]);
  for (const secret of [next, SECRET])
    t.same(await asked(server.http, 'x-tinct-gateway', `${secret} 127.0.0.1`), [200, 'v2']);
  server.useSecrets([next]);
  t.same(await asked(server.http, 'x-tinct-gateway', `${SECRET} 127.0.0.1`), [503, undefined]);
  t.throws(() => server.useSecrets([]), { code: 'TINCT_AUTHZ_OPTION_MALFORMED' });
});

/** A server with TLS, and who may or may not come. */
async function certified(t: Test, options: Partial<ExtAuthzOptions>) {
  const folder = t.testdir({});
  const [authority, other] = [makeAuthority(folder), makeAuthority(folder, 'other')];
  const own = makeCertificate(folder, authority, ['localhost']);
  const gateway = makeCertificate(folder, authority, ['gateway']);
  const stranger = makeCertificate(folder, other, ['stranger']);
  const tls = { certificates: [own], clientAuthority: authority.cert };
  const server = await serverFor(t, { tls, host: 'localhost', ...options });
  const ca = readFileSync(authority.cert);
  const read = (made?: { cert: string; key: string }) =>
    made && { cert: readFileSync(made.cert), key: readFileSync(made.key) };
  const grpc = (made?: { cert: string; key: string }) => {
    const shown = read(made);
    const client = new Client(server.grpc, credentials.createSsl(ca, shown?.key, shown?.cert));
    t.teardown(() => client.close());
    return client;
  };
  const http = async (made?: { cert: string; key: string }, ...headers: string[]) => {
    const agent = new Agent({ ca, ...read(made), ALPNProtocols: ['http/1.1'] });
    t.teardown(() => agent.destroy());
    const asking = requestTls(server.http, { agent, headers: headers as never }).end();
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  };
  return { server, gateway, stranger, grpc, http };
}

t.test('attack: a check by TLS without a certificate of the gateways’ authority', async (t) => {
  const { server, gateway, stranger, grpc, http } = await certified(t, { secrets: [] });
  const host = ['host', 'shop.example'];
  for (const made of [undefined, stranger]) {
    await t.rejects(check(grpc(made), ASKED, {}), { code: 14 });
    t.equal(await http(made, ...host), 503);
  }
  t.ok(server.stats().strangers >= 4);
  t.equal(server.stats().requests, 0);
  t.match(await check(grpc(gateway), ASKED, {}), { okResponse: {} });
  t.equal(await http(gateway, ...host), 200);
});

t.test('attack: a certificate without the secret, where both are asked for', async (t) => {
  const { gateway, grpc, http } = await certified(t, {});
  const host = ['host', 'shop.example'];
  await t.rejects(check(grpc(gateway), ASKED, {}), UNAUTHENTICATED);
  t.equal(await http(gateway, ...host), 503);
  t.match(await check(grpc(gateway), ASKED), { okResponse: {} });
  t.equal(await http(gateway, ...host, 'x-tinct-gateway', SECRET), 200);
});

t.test('its health is anybody’s to ask, and ends with it', async (t) => {
  const server = await serverFor(t);
  const client = clientOf(t, server.grpc);
  const { health } = loadServices();
  const ask = (service: string) =>
    new Promise((resolve, reject) => {
      const { path, requestSerialize, responseDeserialize } = health['Check'] as NonNullable<
        (typeof health)[string]
      >;
      const answer = (error: unknown, response?: object) =>
        error === null ? resolve(response) : reject(error);
      client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        { service },
        new Metadata(),
        answer,
      );
    });
  t.match(await ask(''), { status: 'SERVING' });
  t.match(await ask('envoy.service.auth.v3.Authorization'), { status: 'SERVING' });
  await t.rejects(ask('another'), { code: 5 });
  const { path, requestSerialize, responseDeserialize } = health['Watch'] as NonNullable<
    (typeof health)[string]
  >;
  const watch = client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, {});
  const said: unknown[] = [];
  watch.on('data', ({ status }) => void said.push(status)).on('error', () => {});
  await once(watch, 'data');
  server.retire();
  t.match(await ask(''), { status: 'NOT_SERVING' });
  t.match(await check(client, ASKED), { okResponse: {} }, 'and checks are still answered');
  await server.close();
  t.same(said, ['SERVING', 'NOT_SERVING']);
  await server.close();
});
