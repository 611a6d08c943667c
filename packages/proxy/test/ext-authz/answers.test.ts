/** What gateways are told, beside what every form has to do: actions, bytes, notes for their logs. */

import { generateKey } from '@tinct/sdk';
import t, { type Test } from 'tap';
import { judgedPeer } from '../../src/ext-authz/downstream.ts';
import { type ExtAuthzOptions, startExtAuthz } from '../../src/index.ts';
import { check, checkRequest, clientOf, fetched } from '../attacks/forms.ts';
import { SECRET } from '../attacks/gateway.ts';
import { planText, TextSource } from '../helpers.ts';
import { NAVIGATION, visitedPlan } from '../visitor-helpers.ts';

async function grpc(t: Test, options: Partial<ExtAuthzOptions> = {}) {
  const plan = new TextSource(planText());
  const server = await startExtAuthz({
    plan,
    secrets: [SECRET],
    trustedHops: ['127.0.0.0/8'],
    graceMs: 100,
    ...options,
  });
  t.teardown(() => server.close());
  const client = clientOf(t, server.grpc);
  return { server, client };
}

const GET = { method: 'GET', path: '/' };

t.test(
  'colors overwrite, what is forged is named for removal, and what is the gateway’s stays',
  async (t) => {
    const { client } = await grpc(t);
    const { okResponse } = await check(
      client,
      checkRequest(GET, [
        ['host', 'shop.example'],
        [':authority', 'shop.example'],
        ['user-id', '123'],
        ['x_tinct_other', 'v2'],
        ['te', 'trailers'],
        ['upgrade', 'websocket'],
        ['connection', 'Upgrade, x-a'],
        ['x-a', '1'],
        ['x-forwarded-for', '1.1.1.1'],
      ]),
    );
    t.same(
      okResponse?.headers.map(({ header, appendAction }) => [
        header.key,
        header.value,
        appendAction,
      ]),
      [
        ['x-tinct-my-service', 'v2', 'OVERWRITE_IF_EXISTS_OR_ADD'],
        [
          'x-tinct-decision',
          'my-service="v2";rev=1;epoch=1;reason=TARGETING_MATCH;arm=other',
          'OVERWRITE_IF_EXISTS_OR_ADD',
        ],
        ['baggage', 'tinct.my-service=v2', 'OVERWRITE_IF_EXISTS_OR_ADD'],
      ],
    );
    t.same(okResponse?.headersToRemove, ['x_tinct_other', 'x-a']);
  },
);

t.test('the gateway’s log may tell each decision', async (t) => {
  const { client } = await grpc(t);
  const { dynamicMetadata } = await check(
    client,
    checkRequest(GET, [
      ['host', 'a'],
      ['user-id', '123'],
    ]),
  );
  const fields = {
    variant: { stringValue: 'v2' },
    reason: { stringValue: 'TARGETING_MATCH' },
    revision: { numberValue: 1 },
  };
  t.match(dynamicMetadata, { fields: { 'my-service': { structValue: { fields } } } });
});

t.test(
  'a private response: beside the service’s Cache-Control, in the place of what overrules it',
  async (t) => {
    const plan = new TextSource(visitedPlan());
    const { client } = await grpc(t, { plan, keys: { keys: [generateKey()] } });
    const asked = checkRequest(GET, [
      ['host', 'a'],
      ['accept', NAVIGATION.accept],
    ]);
    const { okResponse } = await check(client, asked);
    const added = okResponse?.responseHeadersToAdd.map(({ header, appendAction }) => [
      header.key,
      `${appendAction}`,
    ]);
    t.same(added, [
      ['cache-control', 'APPEND_IF_EXISTS_OR_ADD'],
      ['cdn-cache-control', 'OVERWRITE_IF_EXISTS'],
      ['cloudflare-cdn-cache-control', 'OVERWRITE_IF_EXISTS'],
      ['surrogate-control', 'OVERWRITE_IF_EXISTS'],
      ['x-accel-expires', 'OVERWRITE_IF_EXISTS'],
      ['set-cookie', 'APPEND_IF_EXISTS_OR_ADD'],
    ]);
  },
);

t.test('a gateway that does not encode raw headers is understood, as far as it says', async (t) => {
  const plan = new TextSource(planText({ rules: '{ users: ["zoë"], variant: v2 }' }));
  const { client } = await grpc(t, { plan });
  const headers = { ':authority': 'a', 'user-id': 'zoë', 'x-tinct-my-service': 'v9' };
  const http = { ...GET, host: 'a', protocol: 'HTTP/1.1', headers };
  const source = { address: { socketAddress: { address: '127.0.0.1' } } };
  const { okResponse } = await check(client, { attributes: { source, request: { http } } });
  t.match(okResponse?.headers[0], { header: { key: 'x-tinct-my-service', value: 'v2' } });
});

t.test('everyone else’s cookies keep their bytes, as far as a text can hold them', async (t) => {
  const { client } = await grpc(t);
  const cookie = async (value: string) => {
    const { okResponse } = await check(
      client,
      checkRequest(GET, [
        ['host', 'a'],
        ['cookie', value],
      ]),
    );
    return okResponse?.headers.find(({ header }) => header.key === 'cookie')?.header.value;
  };
  const utf8 = Buffer.from('a=zoë', 'utf8').toString('latin1');
  t.equal(await cookie(`${utf8}; __Host-tinct=1`), 'a=zoë');
  t.equal(await cookie('a=\xff; b=1; __Host-tinct=1'), 'a=\ufffd; b=1');
  t.equal(await cookie('a=\xff; b=1'), undefined, 'untouched');
});

t.test('a check about no HTTP request is refused', async (t) => {
  const { client } = await grpc(t);
  await t.rejects(check(client, {}), { code: 3 });
  await t.rejects(check(client, { attributes: { source: {} } }), { code: 3 });
});

const cases: readonly (readonly [
  string,
  string[],
  string | undefined,
  number,
  string | undefined,
])[] = [
  ['the gateway’s peer', ['1.1.1.1'], '10.0.0.1', 0, '10.0.0.1'],
  [
    'the one before it, behind a balancer',
    ['1.1.1.1, 2.2.2.2, 10.0.0.1'],
    '10.0.0.1',
    1,
    '2.2.2.2',
  ],
  [
    'also where the gateway has not written its peer',
    ['1.1.1.1, 2.2.2.2'],
    '10.0.0.1',
    1,
    '2.2.2.2',
  ],
  ['over several headers', ['1.1.1.1', '2.2.2.2'], '10.0.0.1', 2, '1.1.1.1'],
  ['nobody, where there are not so many', ['1.1.1.1'], '10.0.0.1', 2, undefined],
  ['nobody, where it is no address', ['unknown'], '10.0.0.1', 1, undefined],
  ['nobody, where the peer is not said', ['1.1.1.1'], undefined, 0, undefined],
  [
    'nobody, where the peer is not said, whatever the client says',
    ['1.1.1.1, 2.2.2.2'],
    undefined,
    1,
    undefined,
  ],
  ['nobody, for a peer without an address', [], '@pipe', 0, undefined],
  ['in IPv6', ['2001:db8::1'], '::1', 1, '2001:db8::1'],
];
for (const [who, said, source, hops, judged] of cases)
  t.test(`trust is judged by ${who}`, async (t) => {
    const raw = said.flatMap((value) => ['X-Forwarded-For', value]);
    t.equal(judgedPeer(raw, source, hops).remoteAddress, judged);
  });

t.test('hops before the gateway’s peer', async (t) => {
  const { client } = await grpc(t, { trustedHops: ['10.0.0.9'], forwardedHops: 1 });
  const color = async (forwardedFor: string) => {
    const pairs = [
      ['host', 'a'],
      ['user-id', '123'],
      ['x-forwarded-for', forwardedFor],
    ] as const;
    const { okResponse } = await check(client, checkRequest(GET, pairs));
    return okResponse?.headers[0]?.header.value;
  };
  t.equal(await color('10.0.0.9, 127.0.0.1'), 'v2');
  t.equal(await color('10.0.0.9, 1.1.1.1, 127.0.0.1'), 'v1', 'what a client writes before its hop');
});

t.test('options that do not fit', async (t) => {
  const code = 'TINCT_AUTHZ_OPTION_MALFORMED';
  await t.rejects(grpc(t, { forwardedHops: -1 }), { code, message: /^forwardedHops: / });
  await t.rejects(grpc(t, { forwardedHops: 99 }), { code });
  await t.rejects(grpc(t, { trustedHops: ['x'] }), { code, message: /^trustedHops: / });
});

t.test('a refusal of the HTTP form says one status, in its head and in its body', async (t) => {
  const { server } = await grpc(t);
  const secret = ['x-tinct-gateway', SECRET];
  const told = async (...headers: string[]) => {
    const head = ['host', 'shop.example', ...secret, ...headers];
    const { status, body } = await fetched(server.http, {
      method: 'TRACE',
      path: '/',
      headers: head,
    });
    return { status, body };
  };
  const { status, body } = await told();
  t.match(JSON.parse(body), {
    status,
    title: 'Method Not Allowed',
    code: 'TINCT_EDGE_METHOD_REFUSED',
  });
  t.match(await told('accept', 'text/plain'), { status: 405, body: /^405 Method Not Allowed\n/ });
});
