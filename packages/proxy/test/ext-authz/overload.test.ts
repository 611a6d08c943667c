/** Beyond `limits.requests`: the stable version, whatever a client says, and never an error. */
import { createServer } from 'node:http';
import t, { type Test } from 'tap';
import { type ExtAuthzOptions, startExtAuthz } from '../../src/index.ts';
import { check, checkRequest, clientOf } from '../attacks/forms.ts';
import { SECRET } from '../attacks/gateway.ts';
import { listen, planText, TextSource, until } from '../helpers.ts';

/** A server whose only check in flight waits for an issuer that answers when it is told to. */
async function full(t: Test, options: Partial<ExtAuthzOptions> = {}) {
  let answer = () => {};
  const jwks = await listen(
    t,
    createServer((_, res) => {
      answer = () => void res.end(JSON.stringify({ keys: [] }));
    }),
  );
  const identity = `{ unit: user, jwt: { claim: sub, issuer: "https://id.example", jwks: "${jwks}/" } }, { unit: user, header: user-id }`;
  const served: number[] = [];
  const server = await startExtAuthz({
    plan: new TextSource(planText({ identity })),
    secrets: [SECRET],
    trustedHops: ['127.0.0.0/8'],
    graceMs: 100,
    limits: { requests: 1 },
    tokens: { waitMs: 600_000 },
    onServed: ({ status }) => served.push(status),
    ...options,
  });
  t.teardown(() => server.close());
  const client = clientOf(t, server.grpc);
  const asks = (...more: [string, string][]) =>
    check(client, checkRequest({ method: 'GET', path: '/' }, [['host', 'shop.example'], ...more]));
  const waiting = asks(['authorization', `Bearer ${unsigned()}`]);
  waiting.catch(() => {});
  await until(() => server.stats().inFlight === 1);
  const traces = () =>
    check(client, checkRequest({ method: 'TRACE', path: '/' }, [['host', 'shop.example']]));
  return { server, asks, traces, served, waiting, release: () => answer() };
}

/** It is never checked: nobody hands over the keys. */
function unsigned(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 300;
  const claims = part({ iss: 'https://id.example', sub: '123', exp });
  return `${part({ alg: 'ES256', kid: 'one' })}.${claims}.${'A'.repeat(86)}`;
}

t.test(
  'a check too many is told the stable version: no color, no cookie, nothing for caches',
  async (t) => {
    const { server, asks, served, waiting, release } = await full(t);
    const { okResponse, deniedResponse } = await asks(['user-id', '123'], ['x-a', '1']);
    t.notOk(deniedResponse);
    t.same(okResponse?.headers ?? [], []);
    t.same(
      okResponse?.responseHeadersToAdd.slice(0, 1).map(({ header }) => [header.key, header.value]),
      [['cache-control', 'private']],
    );
    t.match(server.stats(), { inFlight: 1, overloaded: 1 });
    t.same(served, [200]);
    release();
    await waiting;
    await until(() => server.stats().inFlight === 0);
    const { okResponse: later } = await asks(['user-id', '123']);
    t.match(
      later?.headers[0]?.header,
      { key: 'x-tinct-my-service', value: 'v2' },
      'there is room again',
    );
  },
);

t.test('attack: colors that come while it is overloaded are removed', async (t) => {
  const { asks } = await full(t);
  const forged: [string, string][] = [
    ['x-tinct-my-service', 'v2'],
    ['x_tinct_my_service', 'v2'],
    ['x-tinct-decision', 'my-service="v2"'],
    ['baggage', 'tinct.my-service=v2,a=b'],
  ];
  const { okResponse } = await asks(...forged);
  t.same(okResponse?.headersToRemove.toSorted(), [
    'x-tinct-decision',
    'x-tinct-my-service',
    'x_tinct_my_service',
  ]);
  t.same(
    okResponse?.headers.map(({ header }) => [header.key, header.value]),
    [['baggage', 'a=b']],
  );
});

t.test('checks that are answered, refused or given up count no more', async (t) => {
  const { server, asks, traces, waiting, release } = await full(t, { limits: { requests: 2 } });
  t.ok((await asks(['user-id', '123'])).okResponse);
  t.ok((await traces()).deniedResponse);
  await until(() => server.stats().inFlight === 1);
  release();
  await waiting;
  await until(() => server.stats().inFlight === 0);
  t.match(server.stats(), { overloaded: 0 });
});
