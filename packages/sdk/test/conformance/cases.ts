/** What holds in every framework. A case starts one service, asks it, and says what came out. */
import { createServer, request as plainRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import {
  createTinct,
  currentContext,
  decision,
  generateKey,
  isIn,
  type KeySet,
  type LogLine,
  type PlanSource,
  type PlanText,
  type Tinct,
  type TinctOptions,
  variant,
} from '@tinct/sdk';
import { listening, type Routes, type Running, Thrown } from './harness.ts';

/** The service under test, with what its Tinct says. */
export interface Service extends Running {
  readonly stats: () => Readonly<Record<string, number | undefined>>;
  readonly log: readonly LogLine[];
  readonly plan: Tinct['plan'];
}

export interface World {
  /** Starts the adapter's service; it ends with the case. */
  serve(options: Partial<TinctOptions>, routes?: Routes): Promise<Service>;
  /** Starts another service, of Node's own. */
  upstream(): Promise<Running & { readonly seen: () => Readonly<Record<string, string>> }>;
}

export interface Case {
  readonly name: string;
  /** What the case finds out, and what that has to be. */
  readonly run: (world: World) => Promise<{ readonly found: unknown; readonly wanted: unknown }>;
}

export const DECIDED = 'my-service="v2";rev=12;epoch=1;reason=SPLIT;arm=canary';
const carrying = { 'x-tinct-decision': DECIDED, 'x-tinct-my-service': 'v2' };

export const ROUTES: Routes = {
  '/': () => variant('my-service') ?? 'nothing',
  '/all': () => JSON.stringify(decision('my-service') ?? null),
  '/in': () => `${isIn('my-service', 'v2')} ${isIn('my-service', 'v1')}`,
  '/late': async () => {
    await delay(1);
    await new Promise((resolve) => setImmediate(resolve));
    return variant('my-service') ?? 'nothing';
  },
  '/body': ({ body }) => `${body} ${variant('my-service') ?? 'nothing'}`,
  '/cookie': ({ header }) => {
    header('set-cookie', 'own=1');
    header('cache-control', 'public, max-age=60');
    return variant('my-service') ?? 'nothing';
  },
  '/fail': () => {
    throw new Thrown('on purpose');
  },
};

export const PLAN = (more = '', rules = '[{ users: ["123"], variant: v2 }]'): string => `
apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: 12 }
identity:
  - { unit: user, header: user-id }
  - { unit: anonymous, issued: {} }
releases:
  my-service:
    stable: v1
${more}
    services:
      my-service: { host: my-service, subsets: { v1: { version: v1 }, v2: { version: v2 } } }
    rules: ${rules}
`;

export const KEYS: KeySet = { keys: [generateKey()] };
const deciding = { plan: { inline: PLAN() }, identityTrust: 'mesh' } as const;

interface Got {
  readonly status: number;
  readonly body: string;
  readonly headers: Headers;
}

/** Asks as a peer would. Headers in a list may stand twice, which `fetch` would join. */
async function get(
  { url }: Running,
  path: string,
  headers: Record<string, string | string[]> = {},
  body?: string | Promise<string>,
): Promise<Got> {
  const { promise, resolve, reject } = Promise.withResolvers<Got>();
  const method = body === undefined ? 'GET' : 'POST';
  const type = body === undefined ? {} : { 'content-type': 'text/plain' };
  const asking = plainRequest(`${url}${path}`, {
    ...{ method, headers: { ...type, ...headers }, agent: false },
  })
    .on('response', async (res) => {
      const all = new Headers();
      for (let i = 0; i < res.rawHeaders.length; i += 2)
        all.append(res.rawHeaders[i] ?? '', res.rawHeaders[i + 1] ?? '');
      resolve({ status: res.statusCode ?? 0, body: await text(res), headers: all });
    })
    .on('error', reject);
  asking.flushHeaders();
  asking.end(await body);
  return promise;
}

const bodyOf = async (...args: Parameters<typeof get>) => (await get(...args)).body;

const simple = (
  name: string,
  options: Partial<TinctOptions>,
  headers: Record<string, string | string[]>,
  path: string,
  wanted: string,
): Case => ({
  name,
  run: async ({ serve }) => ({ found: await bodyOf(await serve(options), path, headers), wanted }),
});

const CARRY: readonly Case[] = [
  simple('a carried decision is seen', {}, carrying, '/', 'v2'),
  simple('without one, nothing is known', {}, {}, '/', 'nothing'),
  simple('isIn tells', {}, carrying, '/in', 'true false'),
  simple(
    'a decision is seen whole',
    {},
    carrying,
    '/all',
    '{"release":"my-service","variant":"v2","revision":12,"epoch":1,"reason":"SPLIT","arm":"canary"}',
  ),
  simple('a routing header alone is enough', {}, { 'x-tinct-my-service': 'v2' }, '/', 'v2'),
  simple('baggage alone is enough', {}, { baggage: 'a=b,tinct.my-service=v2;p=1' }, '/', 'v2'),
  simple(
    'a routing header with a name of its own is read',
    { routingHeaders: { 'my-service': 'X-Version' } },
    { 'x-version': 'v2' },
    '/',
    'v2',
  ),
  simple(
    'the decision header wins over the others',
    {},
    { ...carrying, 'x-tinct-my-service': 'v1', baggage: 'tinct.my-service=v1' },
    '/',
    'v2',
  ),
  simple('timers and promises keep it', {}, carrying, '/late', 'v2'),
  {
    name: 'the context survives the reading of a body',
    run: async ({ serve }) => ({
      found: await bodyOf(await serve({}), '/body', carrying, 'hello'),
      wanted: 'hello v2',
    }),
  },
  {
    name: 'the context survives a body that comes later',
    run: async ({ serve }) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const service = await serve({ observers: [{ entered: () => resolve() }] });
      const found = await bodyOf(
        service,
        '/body',
        carrying,
        promise.then(() => 'hello'),
      );
      return { found, wanted: 'hello v2' };
    },
  },
  {
    name: 'outside of a request nothing is known',
    run: async ({ serve }) => {
      await bodyOf(await serve({}), '/', carrying);
      return { found: currentContext(), wanted: undefined };
    },
  },
  {
    name: 'a hundred requests at a time keep their own',
    run: async ({ serve }) => {
      const service = await serve({});
      const asked = Array.from({ length: 100 }, (_, i) => `v${i}`);
      const found = await Promise.all(
        asked.map((name) => bodyOf(service, '/late', { 'x-tinct-my-service': name })),
      );
      return { found, wanted: asked };
    },
  },
];

const ATTACKS: readonly Case[] = [
  simple("attack: a client's colors, trust: 'none'", { trust: 'none' }, carrying, '/', 'nothing'),
  simple(
    "attack: a client's colors from outside the ranges",
    { trust: { cidr: ['10.0.0.0/8'] } },
    carrying,
    '/',
    'nothing',
  ),
  simple('a peer inside the ranges', { trust: { cidr: ['127.0.0.0/8'] } }, carrying, '/', 'v2'),
  {
    name: 'attack: two decision headers',
    run: async ({ serve }) => {
      const service = await serve({});
      const headers = { ...carrying, 'x-tinct-decision': [DECIDED, DECIDED.replace('v2', 'v3')] };
      const found = [await bodyOf(service, '/', headers), service.stats(), service.log.length];
      return { found, wanted: ['nothing', { 'decision.several': 1 }, 1] };
    },
  },
  {
    name: 'attack: a decision header that is none',
    run: async ({ serve }) => {
      const service = await serve({});
      const found = [
        await bodyOf(service, '/', { ...carrying, 'x-tinct-decision': '(((' }),
        await bodyOf(service, '/', { ...carrying, 'x-tinct-decision': '(((' }),
        service.stats(),
        service.log.map(({ code }) => code),
      ];
      const stats = { 'decision.malformed': 2 };
      return { found, wanted: ['nothing', 'nothing', stats, ['TINCT_SDK_COLOR_REFUSED']] };
    },
  },
  {
    name: 'attack: a routing header twice',
    run: async ({ serve }) => {
      const service = await serve({});
      const headers = { 'x-tinct-my-service': ['v1', 'v2'] };
      const found = [await bodyOf(service, '/', headers), service.stats()];
      return { found, wanted: ['nothing', { 'routing.several': 1 }] };
    },
  },
  {
    name: 'without trust nobody is believed, and one warning says so',
    run: async ({ serve }) => {
      const service = await serve({ trust: undefined as never });
      const found = [await bodyOf(service, '/', carrying), service.log.map(({ code }) => code)];
      return { found, wanted: ['nothing', ['TINCT_SDK_TRUST_MISSING']] };
    },
  },
];

const servedOf = async (service: Running, path: string) => {
  const { status, headers } = await get(service, path, carrying);
  return [status, headers.get('x-tinct-served')];
};

const SERVED: readonly Case[] = [
  {
    name: 'the response says the version, errors and strangers too',
    run: async ({ serve }) => {
      const service = await serve({ env: { TINCT_VERSION: 'v2' } });
      const found = [
        await servedOf(service, '/'),
        await servedOf(service, '/fail'),
        await servedOf(service, '/nowhere'),
      ];
      const wanted = [
        [200, 'v2'],
        [500, 'v2'],
        [404, 'v2'],
      ];
      return { found, wanted };
    },
  },
  {
    name: 'nobody outside hears the version',
    run: async ({ serve }) => {
      const service = await serve({ version: 'v2', trust: 'none' });
      return { found: await servedOf(service, '/'), wanted: [200, null] };
    },
  },
];

const DECIDE: readonly Case[] = [
  simple('the plan decides', deciding, { 'user-id': '123' }, '/', 'v2'),
  simple('the plan decides for others', deciding, { 'user-id': '124' }, '/', 'v1'),
  simple(
    'attack: an identity from a peer that is not trusted for it',
    { ...deciding, identityTrust: 'none' },
    { 'user-id': '123' },
    '/',
    'v1',
  ),
  simple(
    'a carried decision stands, whatever the plan here says',
    deciding,
    { ...carrying, 'user-id': '124' },
    '/',
    'v2',
  ),
  simple(
    'an abort beats a carried decision',
    { ...deciding, plan: { inline: PLAN('    state: aborted') } },
    carrying,
    '/',
    'v1',
  ),
  simple(
    'an abort beats baggage',
    { ...deciding, plan: { inline: PLAN('    state: aborted') } },
    { baggage: 'tinct.my-service=v2' },
    '/',
    'v1',
  ),
  {
    name: 'without a plan the request goes on, with a line and a count',
    run: async ({ serve }) => {
      const service = await serve({ ...deciding, plan: { inline: 'no plan' } });
      const found = [
        await bodyOf(service, '/', { 'user-id': '123' }),
        service.stats()['plan.missing'],
        service.log.map(({ code }) => code),
      ];
      return {
        found,
        wanted: ['nothing', 1, ['TINCT_SDK_PLAN_REFUSED', 'TINCT_SDK_PLAN_MISSING']],
      };
    },
  },
  {
    name: "the visitor's cookie stands beside the service's own, and no shared cache keeps it",
    run: async ({ serve }) => {
      const service = await serve({ ...deciding, keys: KEYS });
      const { headers } = await get(service, '/cookie', { accept: 'text/html' });
      const names = headers.getSetCookie().map((cookie) => cookie.split('=')[0]);
      const found = [names.sort(), headers.get('cache-control')];
      return { found, wanted: [['__Host-tinct', 'own'], 'private, max-age=60'] };
    },
  },
  {
    name: 'behind an edge the cookie is the edge’s to set',
    run: async ({ serve }) => {
      const service = await serve({ ...deciding, keys: KEYS });
      const { headers } = await get(service, '/cookie', { ...carrying, accept: 'text/html' });
      const found = [headers.getSetCookie(), headers.get('cache-control')];
      return { found, wanted: [['own=1'], 'public, max-age=60'] };
    },
  },
];

const onPurpose = () => new Error('on purpose');
const fail = (): never => {
  throw onPurpose();
};

const read = (text: string): PlanText => ({ text, file: 'plan.yaml', baseDir: '.' });

/** A source of somebody's own. */
const source = (read: PlanSource['read']): PlanSource => ({
  name: 'somebody’s',
  read,
  watch: () => ({ close: () => {} }),
});

/** A watch that tells whoever asks how to say that the plan changed. */
const watchBy =
  (tell: (changed: () => void) => void): PlanSource['watch'] =>
  (changed) => {
    tell(changed);
    return { close: () => {} };
  };

const codesOf = ({ log }: Service) => log.map(({ code }) => code);

const FAILURES: readonly Case[] = [
  {
    name: 'an observer that throws reaches no request',
    run: async ({ serve }) => {
      const service = await serve({ observers: [{ entered: fail, finished: fail }] });
      const found = [await bodyOf(service, '/', carrying)];
      while (service.stats()['observer.failed'] !== 2) await delay(1);
      return { found: [...found, service.log.length], wanted: ['v2', 1] };
    },
  },
  {
    name: 'a log that throws reaches no request',
    run: async ({ serve }) => {
      const service = await serve({ log: fail });
      const found = await bodyOf(service, '/', { 'x-tinct-decision': '(((' });
      return { found, wanted: 'nothing' };
    },
  },
  {
    name: 'a plan that cannot be read reaches no request',
    run: async ({ serve }) => {
      const service = await serve({ ...deciding, plan: source(() => Promise.reject(onPurpose())) });
      const found = [await bodyOf(service, '/', { 'user-id': '123' }), codesOf(service)];
      const said = ['TINCT_SDK_PLAN_REFUSED', 'TINCT_SDK_PLAN_MISSING'];
      return {
        found: [...found, service.stats()],
        wanted: ['nothing', said, { 'plan.missing': 1 }],
      };
    },
  },
  {
    name: 'a plan that never comes holds requests up for a while only',
    run: async ({ serve }) => {
      const plan = source(() => new Promise(() => {}));
      const service = await serve({ ...deciding, plan, startMs: 5 });
      const found = [await bodyOf(service, '/', { 'user-id': '123' }), codesOf(service)];
      return { found, wanted: ['nothing', ['TINCT_SDK_PLAN_MISSING']] };
    },
  },
  {
    name: 'a source that cannot be watched reaches no request',
    run: async ({ serve }) => {
      const plan = { ...source(async () => read(PLAN())), watch: fail };
      const service = await serve({ ...deciding, plan });
      const found = [
        await bodyOf(service, '/', { 'user-id': '123' }),
        codesOf(service),
        service.stats(),
      ];
      const stats = { 'hook.failed': 1, 'plan.missing': 1 };
      return { found, wanted: ['nothing', ['TINCT_SDK_FAILED', 'TINCT_SDK_PLAN_MISSING'], stats] };
    },
  },
  {
    name: 'a plan that turns bad leaves the good one in force',
    run: async ({ serve }) => {
      let text = PLAN();
      let changed = () => {};
      const plan = {
        ...source(async () => read(text)),
        watch: watchBy((hear) => (changed = hear)),
      };
      const refused = Promise.withResolvers<void>();
      const service = await serve({ ...deciding, plan, onRefused: () => refused.resolve() });
      const before = await bodyOf(service, '/', { 'user-id': '123' });
      text = 'no plan';
      changed();
      await refused.promise;
      const after = await bodyOf(service, '/', { 'user-id': '123' });
      return {
        found: [before, after, codesOf(service), service.stats()],
        wanted: ['v2', 'v2', ['TINCT_SDK_PLAN_REFUSED'], {}],
      };
    },
  },
  {
    name: 'a hook that hears of plans and throws reaches no request',
    run: async ({ serve }) => {
      const accepting = await serve({ ...deciding, onAccepted: fail });
      const refusing = await serve({ ...deciding, plan: { inline: '' }, onRefused: fail });
      const found = [
        await bodyOf(accepting, '/', { 'user-id': '123' }),
        codesOf(accepting),
        accepting.stats(),
        await bodyOf(refusing, '/', { 'user-id': '123' }),
        refusing.stats(),
      ];
      const wanted = ['v2', ['TINCT_SDK_FAILED'], { 'hook.failed': 1 }];
      return { found, wanted: [...wanted, 'nothing', { 'hook.failed': 1, 'plan.missing': 1 }] };
    },
  },
  {
    name: 'a listener of plans that throws reaches no request: logged once, counted each time',
    run: async ({ serve }) => {
      const service = await serve(deciding);
      await bodyOf(service, '/');
      service.plan?.watch(fail);
      for (const _ of [1, 2]) service.plan?.kill('my-service');
      const found = [
        await bodyOf(service, '/', { 'user-id': '123' }),
        codesOf(service),
        service.stats(),
      ];
      return { found, wanted: ['v1', ['TINCT_SDK_FAILED'], { 'hook.failed': 2 }] };
    },
  },
  {
    name: 'a list that does not load reaches no request',
    run: async ({ serve }) => {
      const text = PLAN('', '[{ cohort: beta, variant: v2 }]').replace(
        'releases:',
        `cohorts:\n  beta: { list: beta.csv, sha256: ${'0'.repeat(64)} }\nreleases:`,
      );
      const service = await serve({ ...deciding, plan: { inline: text }, loadLists: fail });
      const found = [
        await bodyOf(service, '/', { 'user-id': '123' }),
        codesOf(service),
        service.stats(),
      ];
      const said = ['TINCT_SDK_PLAN_REFUSED', 'TINCT_SDK_PLAN_MISSING'];
      return { found, wanted: ['nothing', said, { 'plan.missing': 1 }] };
    },
  },
  {
    name: 'a clock that throws reaches no request',
    run: async ({ serve }) => {
      const service = await serve({ ...deciding, now: fail });
      const found = [await bodyOf(service, '/', carrying), (await get(service, '/')).status];
      const said = new Set(codesOf(service));
      return {
        found: [...found, service.stats()['request.failed'], said.has('TINCT_SDK_FAILED')],
        wanted: ['nothing', 200, 2, true],
      };
    },
  },
  {
    name: 'a judge of hosts that throws colors no call, and reaches no request',
    run: async ({ serve, upstream }) => {
      const behind = await upstream();
      const call = { '/': async () => `${(await fetch(behind.url)).status}` };
      const service = await serve({ outbound: { hosts: fail } }, call);
      const found = [await bodyOf(service, '/', carrying), behind.seen()['x-tinct-my-service']];
      const said = [service.stats()['outbound.failed'], codesOf(service)];
      return { found: [...found, ...said], wanted: ['200', undefined, 1, ['TINCT_SDK_FAILED']] };
    },
  },
  {
    name: 'an observer of calls that throws reaches no call',
    run: async ({ serve, upstream }) => {
      const behind = await upstream();
      const call = { '/': async () => `${(await fetch(behind.url)).status}` };
      const service = await serve({ observers: [{ sent: fail }] }, call);
      const found = [await bodyOf(service, '/', carrying), behind.seen()['x-tinct-my-service']];
      const said = [service.stats()['observer.failed'], codesOf(service)];
      return { found: [...found, ...said], wanted: ['200', 'v2', 1, ['TINCT_SDK_FAILED']] };
    },
  },
  {
    name: 'a route that throws is answered by its framework, and the next request is served',
    run: async ({ serve }) => {
      const service = await serve({});
      const failed = await get(service, '/fail', carrying);
      const found = [failed.status, await bodyOf(service, '/', carrying), service.stats()];
      return { found, wanted: [500, 'v2', {}] };
    },
  },
  {
    name: 'observers hear how a request ended',
    run: async ({ serve }) => {
      const heard: unknown[] = [];
      const service = await serve({
        observers: [
          {
            finished: ({ decisions }, { path }, { status }) =>
              heard.push([decisions.get('my-service')?.variant, path, status]),
          },
        ],
      });
      await get(service, '/fail?x=1', carrying);
      while (heard.length === 0) await delay(1);
      return { found: heard, wanted: [['v2', '/fail?x=1', 500]] };
    },
  },
];

const OUTBOUND: readonly Case[] = [
  {
    name: 'the global fetch carries the colors on',
    run: async ({ serve, upstream }) => {
      const behind = await upstream();
      const service = await serve({}, { '/': async () => `${(await fetch(behind.url)).status}` });
      await bodyOf(service, '/', { ...carrying, 'user-id': '123' });
      const { 'x-tinct-decision': whole, 'x-tinct-my-service': route, baggage } = behind.seen();
      const found = [whole, route, baggage, behind.seen()['user-id']];
      return { found, wanted: [DECIDED, 'v2', 'tinct.my-service=v2', undefined] };
    },
  },
];

export const GROUPS: Readonly<Record<string, readonly Case[]>> = {
  'Carrying a decision': CARRY,
  'Colors that nobody may choose': ATTACKS,
  'The version that answers': SERVED,
  'Deciding by a plan': DECIDE,
  'What fails beside a request': FAILURES,
  'Calls to others': OUTBOUND,
};

export const CASES: readonly Case[] = Object.values(GROUPS).flat();

/** A service that keeps the headers of its last request. */
export async function echo(): Promise<
  Running & { readonly seen: () => Readonly<Record<string, string>> }
> {
  let seen: Record<string, string> = {};
  const running = await listening(
    createServer((req, res) => {
      seen = req.headers as Record<string, string>;
      res.end();
    }),
  );
  return { ...running, seen: () => seen };
}

export function tinctFor(options: Partial<TinctOptions>, log: LogLine[]) {
  return createTinct({ trust: 'mesh', env: {}, log: (line) => void log.push(line), ...options });
}
