/** Somebody else's VirtualService keeps doing what it did, for every request, and its text comes back byte for byte. */
import assert from 'node:assert/strict';
import { insertRelease, removeRelease } from '@tinct/istio-config';
import fc from 'fast-check';
import t from 'tap';
import type { Value } from '../../core/test/layouts.ts';
import { comeAndGo, isPatched, isRefused, releaseOf, textComesAndGoes } from './foreign-laws.ts';
import { request, virtualService } from './foreign-shapes.ts';
import { type Rec, type Request, routeOf } from './istio-model.ts';
import { planOf } from './stages.ts';

const PLAN = planOf(`
apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: 1 }
identity: [{ unit: user, header: user-id }]
releases:
  my-service:
    stable: v1
    services:
      my-service:
        host: my-service.shop.svc.cluster.local
        subsets: { v1: { version: v1 }, v2: { version: v2 }, v3: { version: v3 } }
    rules: [{ percent: 5, variant: v2 }]
  other:
    stable: v1
    services:
      other: { host: other.shop.svc.cluster.local, subsets: { v1: { version: v1 }, v2: { version: v2 } } }
    rules: [{ percent: 5, variant: v2 }]
`);
const HOST = 'my-service.shop.svc.cluster.local';

const MINE = releaseOf(PLAN, 'my-service');
const OTHER = releaseOf(PLAN, 'other');
const ABORTED = releaseOf(PLAN, 'my-service', { abort: true });
const TWO = { mine: MINE, other: OTHER };

const fullHost = (host: string) => (host.includes('.') ? host : `${host}.shop.svc.cluster.local`);
const isMine = (one: Rec) => fullHost(String((one['destination'] as Rec)['host'])) === HOST;

const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

/** What a route does, but for its name, its conditions and the subset of my-service: shares by destination. */
function behaviour(route: Rec): unknown {
  const { name: _name, match: _match, route: to, headers, ...rest } = structuredClone(route);
  const response = (headers as Rec | undefined)?.['response'] as Rec | undefined;
  const set = response?.['set'] as Rec | undefined;
  if (set !== undefined) delete set['x-tinct-routed'];
  if (set !== undefined && Object.keys(set).length === 0) delete (response as Rec)['set'];
  if (response !== undefined && Object.keys(response).length === 0)
    delete (headers as Rec)['response'];
  const isEmpty = headers === undefined || Object.keys(headers as Rec).length === 0;
  const shares = new Map<string, number>();
  const all = (to ?? []) as Rec[];
  for (const one of all) {
    const { weight = all.length === 1 ? 1 : 0, ...more } = one;
    if (isMine(one)) delete (more['destination'] as Rec)['subset'];
    const key = sorted(more);
    shares.set(key, (shares.get(key) ?? 0) + Number(weight));
  }
  const only = shares.size === 1 ? [[...shares.keys()], 'all'] : [...shares].sort();
  return JSON.parse(sorted({ ...rest, ...(isEmpty ? {} : { headers }), to: only }));
}

/** The variant that a request is colored with, as its carriers say. */
function colorOf({ headers, via }: Request): string | undefined {
  const named = headers['x-tinct-my-service'];
  if (named !== undefined) return named;
  if (via !== 'mesh') return undefined;
  const members = (headers['baggage'] ?? '').split(',').map((one) => one.split(';')[0]?.split('='));
  return members.find((one) => one?.[0]?.trim() === 'tinct.my-service')?.[1]?.trim();
}

const leadsToMine = (route: Rec | undefined): route is Rec =>
  ((route?.['route'] ?? []) as Rec[]).some(isMine);

function assertColored(before: Rec, after: Rec, variant: string): void {
  const subsets = ((after['route'] ?? []) as Rec[])
    .filter(isMine)
    .map((one) => (one['destination'] as Rec)['subset']);
  assert.deepEqual([...new Set(subsets)], [variant]);
  assert.deepEqual(behaviour(after), behaviour(before));
  const said = (((after['headers'] as Rec)['response'] as Rec)['set'] as Rec)['x-tinct-routed'];
  assert.equal(said, `my-service=${variant}`);
}

const VARIANTS = ['v1', 'v2', 'v3'];
const objects = (value: Value) => value as unknown as Rec;
let judged = 0;
let documents = 0;

t.test('every request keeps its route, and a color changes the subset alone', async (t) => {
  fc.assert(
    fc.property(
      virtualService,
      fc.array(request, { minLength: 20, maxLength: 20 }),
      (value, requests) => {
        const object = objects(value);
        const inserted = insertRelease(object, MINE);
        if (isRefused(inserted)) return void assert.equal(inserted.object, object);
        documents++;
        for (const one of requests) {
          const [before, after] = [routeOf(object, one), routeOf(inserted.object as Rec, one)];
          const color = colorOf(one) ?? '';
          judged++;
          if (leadsToMine(before) && VARIANTS.includes(color))
            assertColored(before, after as Rec, color);
          else assert.deepEqual(after, before);
        }
      },
    ),
    { numRuns: 1_000 },
  );
  t.comment(`${judged} requests to ${documents} generated VirtualServices`);
  t.ok(documents > 500, 'most documents could be changed');
});

t.test('aborted, everyone gets stable, whatever color a request carries', async () => {
  fc.assert(
    fc.property(
      virtualService,
      fc.array(request, { minLength: 10, maxLength: 10 }),
      (value, requests) => {
        const object = objects(value);
        for (const from of [object, insertRelease(object, MINE).object]) {
          const aborted = insertRelease(from, ABORTED).object as Rec;
          for (const one of requests) {
            const [before, after] = [routeOf(object, one), routeOf(aborted, one)];
            if (leadsToMine(before)) assertColored(before, after as Rec, 'v1');
            else assert.deepEqual(after, before);
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});

t.test('twice is once, out is as before, and releases come and go alone', async (t) => {
  let [changed, alone] = [0, 0];
  fc.assert(
    fc.property(virtualService, (value) => {
      const object = objects(value);
      if (!comeAndGo(object, TWO)) return;
      changed++;
      const both = insertRelease(insertRelease(object, MINE).object, OTHER).object;
      const left = removeRelease(both, 'my-service').object;
      assert.deepEqual(left, insertRelease(object, OTHER).object);
      alone++;
    }),
    { numRuns: 300 },
  );
  t.comment(`${changed} generated VirtualServices with two releases, in and out`);
  t.ok(alone > 100);
});

t.test('a JSON Patch makes the same object, and fails on one that changed meanwhile', async (t) => {
  let patches = 0;
  fc.assert(
    fc.property(virtualService, (value) => {
      if (isPatched(objects(value), MINE, 'http')) patches++;
    }),
    { numRuns: 200 },
  );
  t.comment(`${patches} patches`);
  t.ok(patches > 50);
});

t.test(
  'in any manner of writing the text is the object, and comes back byte for byte',
  async (t) => {
    const counts = { written: 0, refused: 0, unwritable: 0 };
    fc.assert(
      fc.property(virtualService, fc.noShrink(fc.integer()), fc.boolean(), (value, seed, json) => {
        counts[textComesAndGoes(objects(value), { seed, json }, TWO)]++;
      }),
      { numRuns: 60 },
    );
    const { written, unwritable } = counts;
    t.comment(
      `${written} texts changed and restored, ${unwritable} refused because of how they are written`,
    );
    t.ok(unwritable * 10 < written, 'few manners of writing are refused');
  },
);
