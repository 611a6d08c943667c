/** Somebody else's HTTPRoute, GRPCRoute and DestinationRule: what they did they do, and out is as before. */
import assert from 'node:assert/strict';
import { insertRelease, removeRelease } from '@tinct/istio-config';
import fc from 'fast-check';
import t from 'tap';
import type { Value } from '../../core/test/layouts.ts';
import { comeAndGo, isPatched, isRefused, releaseOf, textComesAndGoes } from './foreign-laws.ts';
import { type HttpRequest, ruleOf } from './http-route-model.ts';
import type { Rec } from './istio-model.ts';
import { patched } from './json-patch.ts';
import { planOf } from './stages.ts';

const service = (name: string) =>
  `{ host: ${name}.shop.svc.cluster.local, port: 80, selector: { app: ${name} }, subsets: { v1: { version: v1 }, v2: { version: v2 } } }`;
const PLAN = planOf(`
apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: 1 }
identity: [{ unit: user, header: user-id }]
releases:
  web: { stable: v1, services: { web: ${service('web')} }, rules: [{ percent: 5, variant: v2 }] }
  help:
    stable: v1
    state: aborted
    services: { web: ${service('web')}, help: ${service('help')} }
`);

const HOW = { carrier: 'header' } as const;
const WEB = releaseOf(PLAN, 'web', HOW);
const HELP = releaseOf(PLAN, 'help', HOW);
const ABORTED = releaseOf(PLAN, 'web', { ...HOW, abort: true });
const TWO = { mine: WEB, other: HELP };

const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value));

const header = fc.record({
  name: fc.constantFrom('x-a', 'x-b', 'X-Tinct-Web'),
  value: fc.constantFrom('1', 'v1', 'v2'),
});
const uniqueHeaders = fc.uniqueArray(header, {
  minLength: 1,
  maxLength: 2,
  selector: ({ name }) => name,
});
const match = fc.record({
  path: some(
    fc.record({
      type: fc.constantFrom('PathPrefix', 'Exact'),
      value: fc.constantFrom('/', '/api', '/old'),
    }),
  ),
  method: some(fc.constantFrom('GET', 'POST')),
  headers: some(uniqueHeaders),
  queryParams: some(fc.constant([{ name: 'q', value: '1' }])),
});
const backend = fc.record({
  name: fc.constantFrom('web', 'web', 'web-v1', 'web-v2', 'other'),
  port: fc.constant(80),
  weight: some(fc.constantFrom(0, 1, 9)),
});
const rule = fc.record({
  matches: some(fc.array(match, { minLength: 1, maxLength: 2 })),
  filters: some(
    fc.constantFrom<Value>(
      [{ type: 'RequestHeaderModifier', requestHeaderModifier: { remove: ['x-c'] } }],
      [
        {
          type: 'ResponseHeaderModifier',
          responseHeaderModifier: { set: [{ name: 'x-d', value: '1' }] },
        },
      ],
    ),
  ),
  backendRefs: fc.array(backend, { minLength: 1, maxLength: 3 }),
  timeouts: some(fc.constant({ request: '3s' })),
});
const httpRoute = fc.array(rule, { minLength: 1, maxLength: 4 }).map((rules) =>
  plain({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'site', namespace: 'shop' },
    spec: { parentRefs: [{ name: 'edge' }], hostnames: ['shop.example'], rules },
  }),
);
const request: fc.Arbitrary<HttpRequest> = fc.record({
  path: fc.constantFrom('/', '/api', '/api/x', '/old', '/apis'),
  method: fc.constantFrom('GET', 'POST'),
  headers: fc
    .record({
      'x-a': some(fc.constantFrom('1', 'v1')),
      'x-b': some(fc.constantFrom('1', 'v2')),
      'x-tinct-web': some(fc.constantFrom('v1', 'v2', 'v9', '1')),
    })
    .map((all) => plain(all) as Record<string, string>),
  query: fc.constantFrom({}, { q: '1' }),
});

const isWeb = (name: unknown) => ['web', 'web-v1', 'web-v2'].includes(String(name));
const backendsOf = (of: Rec | undefined) => (of?.['backendRefs'] ?? []) as Rec[];
/** What a rule does, but for its conditions, its mark and the version of web: shares by backend. */
function behaviour(of: Rec): unknown {
  const { matches: _matches, filters = [], backendRefs: _refs, ...rest } = of;
  const kept = plain(filters as Rec[]).flatMap((filter) => {
    const modifier = filter['responseHeaderModifier'] as { set?: { name: string }[] } | undefined;
    if (modifier?.set === undefined) return [filter];
    const set = modifier.set.filter(({ name }) => name !== 'x-tinct-routed');
    return set.length === 0 ? [] : [{ ...filter, responseHeaderModifier: { ...modifier, set } }];
  });
  const shares = new Map<string, number>();
  for (const { name, weight = 1 } of backendsOf(of)) {
    const who = isWeb(name) ? 'web' : String(name);
    shares.set(who, (shares.get(who) ?? 0) + Number(weight));
  }
  const total = [...shares.values()].reduce((sum, one) => sum + one, 0);
  const only =
    shares.size === 1 ? [total === 0 ? 'nobody' : [...shares.keys()]] : [...shares].sort();
  return { ...rest, filters: kept, only };
}

function assertColored(before: Rec, after: Rec, variant: string): void {
  const names = backendsOf(after).map(({ name }) => name);
  assert.deepEqual([...new Set(names.filter(isWeb))], [`web-${variant}`]);
  assert.deepEqual(behaviour(after), behaviour(before));
  assert.match(JSON.stringify(after['filters']), new RegExp(`"web=${variant}"`));
}

let [judged, changed, refused] = [0, 0, 0];

t.test('every request keeps its rule, and a color changes the version alone', async (t) => {
  fc.assert(
    fc.property(
      httpRoute,
      fc.array(request, { minLength: 30, maxLength: 30 }),
      (object, requests) => {
        const inserted = insertRelease(object, WEB);
        if (isRefused(inserted)) {
          refused++;
          return void assert.equal(inserted.object, object);
        }
        changed++;
        for (const one of requests) {
          const [before, after] = [ruleOf(object, one), ruleOf(inserted.object as Rec, one)];
          const color = one.headers['x-tinct-web'] ?? '';
          const isLed = backendsOf(before).some(({ name }) => isWeb(name));
          judged++;
          if (isLed && ['v1', 'v2'].includes(color))
            assertColored(before as Rec, after as Rec, color);
          else assert.deepEqual(after, before);
        }
      },
    ),
    { numRuns: 1_500 },
  );
  t.comment(`${judged} requests to ${changed} generated HTTPRoutes; ${refused} refused`);
  t.ok(changed > refused, 'most could be changed');
  t.ok(refused > 0, 'some would have been overtaken');
});

t.test('aborted, everyone gets stable, whatever color a request carries', async () => {
  fc.assert(
    fc.property(
      httpRoute,
      fc.array(request, { minLength: 10, maxLength: 10 }),
      (object, requests) => {
        const aborted = insertRelease(object, ABORTED);
        if (isRefused(aborted)) return;
        for (const one of requests) {
          const [before, after] = [ruleOf(object, one), ruleOf(aborted.object as Rec, one)];
          if (backendsOf(before).some(({ name }) => isWeb(name)))
            assertColored(before as Rec, after as Rec, 'v1');
          else assert.deepEqual(after, before);
        }
      },
    ),
    { numRuns: 300 },
  );
});

const subset = fc.constantFrom<Value>(
  { name: 'v1', labels: { version: 'v1' } },
  { name: 'v2', labels: { version: 'v2' }, trafficPolicy: { loadBalancer: { simple: 'RANDOM' } } },
  { name: 'theirs', labels: { version: 'old' } },
);
const destinationRule = fc
  .record({
    metadata: fc.constantFrom<Value>(
      { name: 'web', namespace: 'shop' },
      { name: 'web', namespace: 'shop', annotations: {} },
      { name: 'web', namespace: 'shop', annotations: { team: 'web' } },
    ),
    subsets: some(fc.uniqueArray(subset, { maxLength: 3 })),
    host: fc.constantFrom('web', 'web.shop.svc.cluster.local'),
  })
  .map(({ metadata, subsets, host }) =>
    plain({
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata,
      spec: { host, trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } }, ...(subsets && { subsets }) },
    }),
  );

const subsetNames = (object: unknown) =>
  ((object as { spec: { subsets?: { name: string }[] } }).spec.subsets ?? []).map(
    ({ name }) => name,
  );

t.test('a DestinationRule gets what it lacks, and keeps what it has', async () => {
  fc.assert(
    fc.property(destinationRule, (object) => {
      const { object: made, patch } = insertRelease(object, WEB);
      for (const name of ['v1', 'v2', ...subsetNames(object)])
        assert.ok(subsetNames(made).includes(name));
      assert.equal(new Set(subsetNames(made)).size, subsetNames(made).length);
      assert.deepEqual(patched(object, patch), made);
      assert.deepEqual(removeRelease(made, 'web').object, object);
    }),
    { numRuns: 200 },
  );
});

const grpcMatch = fc.record({
  method: some(
    fc.constantFrom<Value>(
      { service: 'shop.Web' },
      { service: 'shop.Web', method: 'Get' },
      { type: 'RegularExpression', service: 'shop[.].*' },
    ),
  ),
  headers: some(uniqueHeaders),
});
const grpcRoute = fc
  .array(
    fc.record({
      matches: some(fc.array(grpcMatch, { minLength: 1, maxLength: 2 })),
      backendRefs: fc.array(backend, { minLength: 1, maxLength: 3 }),
      sessionPersistence: some(fc.constant({ sessionName: 'x' })),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((rules) =>
    plain({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'GRPCRoute',
      metadata: { name: 'calls', namespace: 'shop' },
      spec: { parentRefs: [{ name: 'edge' }], rules },
    }),
  );

const KINDS = [
  ['HTTPRoute', httpRoute, 'rules'],
  ['GRPCRoute', grpcRoute, 'rules'],
  ['DestinationRule', destinationRule, 'subsets'],
] as const;

for (const [kind, objects, list] of KINDS) {
  t.test(`${kind}: twice is once; releases come and go alone, as patches too`, async (t) => {
    let [changed, patches] = [0, 0];
    fc.assert(
      fc.property(objects as fc.Arbitrary<Rec>, (object) => {
        if (comeAndGo(object, TWO)) changed++;
        if (isPatched(object, WEB, list)) patches++;
      }),
      { numRuns: 300 },
    );
    t.comment(`${changed} generated ${kind}s in and out, ${patches} patches`);
    t.ok(changed > 60 && patches > 60, 'most could be changed');
  });

  t.test(`${kind}: a match of everything is one in any manner of writing`, async () => {
    const rules = [{ matches: [{}], backendRefs: [{ name: 'web', port: 80 }] }];
    const object = { apiVersion: 'gateway.networking.k8s.io/v1', kind, spec: { rules } };
    for (let seed = -100; seed < 100; seed++)
      textComesAndGoes(object, { seed, json: seed % 2 === 0 }, TWO);
  });

  t.test(`${kind}: texts come back byte for byte`, async (t) => {
    let written = 0;
    fc.assert(
      fc.property(
        objects as fc.Arbitrary<Rec>,
        fc.noShrink(fc.integer()),
        fc.boolean(),
        (object, seed, json) => {
          if (textComesAndGoes(object, { seed, json }, TWO) === 'written') written++;
        },
      ),
      { numRuns: 40 },
    );
    t.comment(`${written} texts changed and restored`);
    t.ok(written > 10, 'most texts could be changed');
  });
}
