/** The published vectors through every framework with a plan: the decisions are the edge's and the gateways'. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { createTinct, currentContext, type RequestContext, type Tinct } from '@tinct/sdk';
import { tinct as nextProxy } from '@tinct/sdk/next';
import { NextRequest } from 'next/server.js';
import t, { type Test } from 'tap';
import { ADAPTERS } from '../conformance/adapters.ts';
import { type Issuer, startIssuer } from '../jwt/issuer.ts';
import {
  claimsOf,
  KEYS,
  LOADED,
  NOW,
  PLANS,
  planOf,
  requestOf,
  unaskable,
  VECTORS,
  type Vector,
} from './asked.ts';

type Asked = Awaited<ReturnType<typeof requestOf>>;

/** A service of one framework; `ask` answers with what its route was told, where there is one. */
interface Way {
  readonly name: string;
  /** Why a vector is none that this framework can be asked. */
  readonly except?: (vector: Vector) => string | undefined;
  start(t: Test, tinct: Tinct): Promise<(asked: Asked) => Promise<string | undefined>>;
}

const told = (context: RequestContext | undefined): string =>
  JSON.stringify([...(context?.decisions.values() ?? [])]);

/** Node's types have no list of headers; Node has. */
async function fetched(url: string, { path, headers }: Asked): Promise<string | undefined> {
  const { hostname: host, port } = new URL(url);
  const given = headers as unknown as Record<string, string>;
  const asking = request({ host, port, path, headers: given, agent: false }).end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  const body = await text(response);
  return response.statusCode === 200 ? body : undefined;
}

const SERVED: readonly Way[] = ADAPTERS.map(({ name, start }) => ({
  name,
  start: async (t, tinct) => {
    const { url, close } = await start(tinct, { '/': () => told(currentContext()) });
    t.teardown(close);
    return (asked) => fetched(url, asked);
  },
}));

/** Next's own request and response; `test/adapters/next.test.ts` runs it built. */
const NEXT: Way = {
  name: 'Next.js 16',
  except: ({ path = '/' }) =>
    new URL(path, 'http://a').pathname + new URL(path, 'http://a').search === path
      ? undefined
      : 'Next hands on the path as the URL standard writes it',
  start: async (_t, tinct) => {
    const proxy = nextProxy(tinct);
    return async ({ path, headers }) => {
      const all = new Headers();
      for (let i = 0; i + 1 < headers.length; i += 2)
        all.append(headers[i] ?? '', headers[i + 1] ?? '');
      await proxy(new NextRequest(`http://shop.example${path}`, { headers: all }));
      return undefined;
    };
  },
};

/** One Tinct with a plan, in one framework; what it decided last is heard beside its routes too. */
async function service(t: Test, way: Way, plan: string, killed: Vector['killed']) {
  let last: string | undefined;
  const tinct = createTinct({
    ...{ trust: 'mesh', env: {}, plan: { inline: plan }, keys: KEYS, now: () => NOW },
    ...{ outbound: { fetch: false }, tokens: { waitMs: 20_000 }, startMs: 20_000 },
    loadLists: async () => LOADED,
    killed: new Map(Object.entries(killed ?? {})),
    log: () => {},
    observers: [
      {
        entered: (context) => {
          last = told(context);
        },
      },
    ],
  });
  t.teardown(() => tinct.close());
  await tinct.ready();
  const ask = await way.start(t, tinct);
  return {
    isInForce: tinct.plan?.status().inForce !== undefined,
    /** Frameworks know one route, `/`: elsewhere it is what observers heard. */
    decisions: async (asked: Asked): Promise<readonly Decided[]> => {
      last = undefined;
      const seen = await ask(asked);
      if (seen !== undefined && seen !== last) throw new Error(`${seen} is not ${last}`);
      return JSON.parse(last ?? 'null');
    },
  };
}

type Decided = NonNullable<Vector['decision']>;

/** A decision as the vectors write it. What was carried is not explained any further. */
function comparable({ release, variant, reason, rule, revision, epoch, arm }: Decided) {
  return { release, variant, reason, rule, revision, epoch, arm };
}

/** Whoever decides, it is the same: in the service, and as the vectors say. */
function check(
  t: Test,
  { name, release, decision, decisions = [] }: Vector,
  got: readonly Decided[],
) {
  if (release === undefined || decision === undefined)
    return t.strictSame(got.map(comparable), decisions.map(comparable), name);
  const found = got.find((one) => one.release === release);
  return t.strictSame(found && comparable(found), comparable(decision), name);
}

t.setTimeout(600_000);
const issuer: Issuer = await startIssuer(t);
const tokens = new Map<Vector, Promise<string>>();
const tokenOf = (vector: Vector): Promise<string> => {
  const token = tokens.get(vector) ?? issuer.sign(claimsOf(vector));
  tokens.set(vector, token);
  return token;
};

for (const way of [...SERVED, NEXT])
  t.test(way.name, async (t) => {
    const unasked = new Map<string, number>();
    let asked = 0;
    for (const plan of PLANS) {
      const services = new Map<string, ReturnType<typeof service>>();
      for (const vector of VECTORS.filter((each) => each.plan === plan)) {
        const text = planOf(vector, issuer.url);
        const key = JSON.stringify([text, vector.killed]);
        const serving = services.get(key) ?? service(t, way, text, vector.killed);
        services.set(key, serving);
        const { isInForce, decisions } = await serving;
        const reason =
          unaskable(vector) ??
          way.except?.(vector) ??
          (isInForce ? undefined : 'a plan that means another type is refused');
        if (reason !== undefined) unasked.set(reason, (unasked.get(reason) ?? 0) + 1);
        else {
          check(t, vector, await decisions(await requestOf(vector, await tokenOf(vector))));
          asked += 1;
        }
      }
    }
    t.comment(`${asked} of ${VECTORS.length} vectors asked`);
    for (const [reason, count] of unasked) t.comment(`${count} not asked: ${reason}`);
    t.ok(asked > 400, 'most of them are asked');
  });
