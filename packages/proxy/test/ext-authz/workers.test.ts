/** Several workers are one ext_authz server: in either form, by one plan, with one sum, and an abort that reaches all. */
import { type Client, credentials, Client as GrpcClient } from '@grpc/grpc-js';
import t, { type Test } from 'tap';
import type { ExtAuthzOptions } from '../../src/index.ts';
import { type Care, startExtAuthzCrew } from '../../src/workers/crew.ts';
import { check, checkRequest, fetched } from '../attacks/forms.ts';
import { DOWNSTREAM, pairsOf, SECRET } from '../attacks/gateway.ts';
import { MANY, threads } from '../crew.ts';
import { planText, TextSource, until, upstream } from '../helpers.ts';

const EVERYONE = planText({ rules: '{ percent: 100, variant: v2 }' });

async function crewFor(t: Test, options: Partial<ExtAuthzOptions> = {}, care: Care = {}) {
  const [deaths, lines]: [unknown[], string[]] = [[], []];
  const given = {
    plan: new TextSource(planText()),
    secrets: [SECRET],
    trustedHops: ['127.0.0.0/8'],
    graceMs: 100,
    ...options,
  };
  const events = {
    onDied: (error: unknown) => void deaths.push(error),
    onLine: (line: string) => void lines.push(line),
  };
  const crew = await startExtAuthzCrew(given, 2, events, care);
  t.teardown(() => crew.close());
  return { ...crew, deaths, lines };
}

type Crew = Awaited<ReturnType<typeof crewFor>>;

/** One check in HTTP on a connection of its own: the color, or the status. */
async function byHttp(
  { address }: Crew,
  user: string,
  secret = SECRET,
  more: readonly string[] = [],
): Promise<string> {
  const gateway = ['x-tinct-gateway', `${secret} ${DOWNSTREAM}`];
  const headers = ['host', 'shop.example', 'user-id', user, ...gateway, ...more];
  const { status, raw } = await fetched(address.url, { method: 'GET', path: '/', headers });
  const color = pairsOf(raw).find(([name]) => name === 'x-tinct-my-service');
  return color?.[1] ?? `${status}`;
}

/** A gRPC client with a connection of its own. */
function connected(t: Test, { address }: Crew): Client {
  const own = { 'grpc.use_local_subchannel_pool': 1 };
  const client = new GrpcClient(new URL(address.url).host, credentials.createInsecure(), own);
  t.teardown(() => client.close());
  return client;
}

/** One check in gRPC. */
async function byGrpc(client: Client, user: string): Promise<string | undefined> {
  const pairs = [
    ['host', 'shop.example'],
    ['user-id', user],
  ] as const;
  const { okResponse } = await check(client, checkRequest({ method: 'GET', path: '/' }, pairs));
  return okResponse?.headers.find(({ header }) => header.key === 'x-tinct-my-service')?.header
    .value;
}

const many = <T>(ask: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: MANY }, ask));
const different = async <T>(all: Promise<T[]>): Promise<T[]> => [...new Set(await all)];

t.test(
  'checks of both forms are answered by one plan and counted in one sum; a reload or an abort is in force in every worker when it is confirmed',
  async (t) => {
    const source = new TextSource(planText());
    const crew = await crewFor(t, { plan: source });
    const clients = Array.from({ length: MANY }, () => connected(t, crew));
    const told = (user: string) =>
      different(Promise.all(clients.map((client) => byGrpc(client, user))));
    const color = (user: string) => different(many(() => byHttp(crew, user)));
    t.strictSame(await color('123'), ['v2']);
    t.strictSame(await color('7'), ['v1']);
    t.strictSame(await told('123'), ['v2']);
    const stranger = 'another-secret-altogether';
    t.strictSame(await different(many(() => byHttp(crew, '123', stranger))), ['503']);
    await until(() => crew.stats().requests >= 3 * MANY && crew.stats().inFlight === 0);
    const { requests, strangers, reasons, deaths } = crew.stats();
    t.match({ requests, strangers, deaths }, { requests: 3 * MANY, strangers: MANY, deaths: 0 });
    t.equal(reasons.TARGETING_MATCH, 2 * MANY);
    t.equal(crew.errors, undefined, 'nobody sees answers');
    await until(() => crew.lines.length === 3 * MANY);
    source.text = planText({ revision: 2, rules: '{ percent: 100, variant: v2 }' });
    await crew.plan.load();
    t.strictSame(await told('7'), ['v2']);
    t.strictSame(await color('7'), ['v2']);
    t.match(await crew.plan.kill('my-service'), { release: 'my-service', epoch: 1 });
    t.strictSame(await told('7'), ['v1']);
    t.strictSame(await color('7'), ['v1']);
  },
);

t.test(
  'who takes the place of a worker that died has the aborts and the secrets of now; what was counted stays',
  async (t) => {
    const crew = await crewFor(t, { plan: new TextSource(EVERYONE) });
    const mine = threads.slice(-2);
    t.strictSame(await different(many(() => byHttp(crew, 'someone'))), ['v2']);
    await crew.plan.kill('my-service');
    const next = 'another-secret-of-the-gateway';
    await crew.useSecrets([next]);
    t.strictSame(await different(many(() => byHttp(crew, 'someone'))), ['503']);
    await t.rejects(crew.useSecrets([]), { code: 'TINCT_AUTHZ_OPTION_MALFORMED' });
    await until(() => crew.stats().strangers === MANY);
    for (const thread of mine) await thread.terminate();
    await until(() => crew.deaths.length === 2);
    t.match(crew.stats(), { strangers: MANY, requests: MANY, deaths: 2 });
    const answer = () => byHttp(crew, 'someone', next).catch(() => undefined);
    let got: string | undefined;
    while (got === undefined) got = await answer();
    t.equal(got, 'v1', 'the abort holds, and so does the secret');
  },
);

const byToken = (jwks: string) =>
  planText({
    identity: `{ unit: user, jwt: { claim: sub, issuer: "https://id.example", jwks: "${jwks}/" } }`,
  });

/** A token of the issuer that nobody could check without its keys. */
function unsigned(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = part({ iss: 'https://id.example', sub: '123', exp: 9_999_999_999 });
  return `${part({ alg: 'ES256', kid: 'one' })}.${claims}.${'A'.repeat(86)}`;
}

t.test('each worker has its part of the limits', async (t) => {
  const answers: (() => void)[] = [];
  const jwks = await upstream(t, (_, res) => void answers.push(() => res.end('{"keys":[]}')));
  const crew = await crewFor(t, {
    plan: new TextSource(byToken(jwks)),
    limits: { requests: 2 },
    tokens: { waitMs: 600_000 },
  });
  const authorization = ['authorization', `Bearer ${unsigned()}`];
  const asked = many(() => byHttp(crew, '123', SECRET, authorization));
  await until(() => crew.stats().overloaded === MANY - 2);
  t.equal(crew.stats().inFlight, 2, 'one in each');
  for (const answer of answers) answer();
  t.strictSame((await asked).toSorted().slice(-2), ['v1', 'v1']);
});

t.test('an issuer whose keys do not come is told of once, whoever sees it', async (t) => {
  let asked = 0;
  const jwks = await upstream(t, (_, res) => {
    asked += 1;
    res.writeHead(500).end();
  });
  const heard: unknown[] = [];
  const onIssuer = (news: unknown) => void heard.push(news);
  const crew = await crewFor(t, { plan: new TextSource(byToken(jwks)), onIssuer });
  const authorization = ['authorization', `Bearer ${unsigned()}`];
  t.strictSame(await different(many(() => byHttp(crew, '123', SECRET, authorization))), ['v1']);
  await until(() => asked >= 2 && heard.length > 0);
  t.match(heard, [{ url: `${jwks}/`, error: { code: 'TINCT_JWKS_UNREADABLE' } }]);
  t.equal(heard.length, 1);
  t.equal(crew.stats().failures['jwt.jwks'], MANY);
});
