/** Somebody else's VirtualService keeps doing what it did, for every request, and its text comes back byte for byte. */
import assert from 'node:assert/strict';
import {
  type Insertion,
  insertionOf,
  insertRelease,
  insertText,
  removeRelease,
  removeText,
} from '@tinct/istio-config';
import fc from 'fast-check';
import t from 'tap';
import { parse } from 'yaml';
import { choices, type Value, Writer } from '../../core/test/layouts.ts';
import { request, virtualService } from './foreign-shapes.ts';
import { type Rec, type Request, routeOf } from './istio-model.ts';
import { patched } from './json-patch.ts';
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

function release(name: string, abort = false): Insertion {
  const { insertion, findings } = insertionOf(PLAN, name, { abort });
  assert.deepEqual(findings, []);
  assert.ok(insertion);
  return insertion;
}
const MINE = release('my-service');
const OTHER = release('other');
const ABORTED = release('my-service', true);

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
const isRefused = ({ findings }: { readonly findings: readonly { level: string }[] }) =>
  findings.some(({ level }) => level === 'error');

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

t.test('twice is once, out is as before, and releases come and go alone', async () => {
  fc.assert(
    fc.property(virtualService, (value) => {
      const object = objects(value);
      const mine = insertRelease(object, MINE);
      const both = insertRelease(mine.object, OTHER);
      if (isRefused(mine) || isRefused(both)) return;
      assert.deepEqual(insertRelease(mine.object, MINE).patch, []);
      assert.deepEqual(insertRelease(both.object, MINE).patch, []);
      assert.deepEqual(removeRelease(mine.object, 'my-service').object, object);
      const left = removeRelease(both.object, 'my-service').object;
      assert.deepEqual(left, insertRelease(object, OTHER).object);
      assert.deepEqual(removeRelease(left, 'other').object, object);
      assert.deepEqual(
        removeRelease(removeRelease(both.object, 'other').object, 'my-service').object,
        object,
      );
    }),
    { numRuns: 500 },
  );
});

t.test('a JSON Patch makes the same object, and fails on one that changed meanwhile', async () => {
  fc.assert(
    fc.property(virtualService, (value) => {
      const object = {
        ...objects(value),
        metadata: { ...(objects(value)['metadata'] as Rec), resourceVersion: '7' },
      };
      const { object: next, patch } = insertRelease(object, MINE);
      assert.deepEqual(patched(object, patch), next);
      if (patch.length === 0) return;
      const later = { ...object, metadata: { ...object.metadata, resourceVersion: '8' } };
      assert.throws(() => patched(later, patch), /test/);
      const { spec } = object as unknown as { spec: Rec };
      const grown = {
        ...object,
        spec: { ...spec, http: [...(spec['http'] as Rec[]), { route: [] }] },
      };
      assert.throws(() => patched(grown, patch), /test/);
    }),
    { numRuns: 200 },
  );
});

t.test(
  'in any manner of writing the text is the object, and comes back byte for byte',
  async (t) => {
    let [written, unwritable] = [0, 0];
    fc.assert(
      fc.property(virtualService, fc.noShrink(fc.integer()), fc.boolean(), (value, seed, json) => {
        const writer = new Writer(choices(seed));
        const { text } = json ? writer.json(value) : writer.yaml(value);
        const object = objects(value);
        assert.deepEqual(parse(text), object, 'the layout is not what was to be written');
        const mine = insertText(text, MINE);
        if (isRefused(mine)) {
          assert.equal(mine.text, text);
          if (mine.findings.some(({ code }) => code === 'TINCT_ISTIO_EDIT')) unwritable++;
          return;
        }
        written++;
        assert.deepEqual(parse(mine.text), insertRelease(object, MINE).object);
        assert.equal(insertText(mine.text, MINE).text, mine.text);
        assert.equal(removeText(mine.text, 'my-service').text, text);
        const both = insertText(mine.text, OTHER);
        if (isRefused(both)) return;
        const other = removeText(both.text, 'my-service').text;
        assert.deepEqual(parse(other), insertRelease(object, OTHER).object);
        assert.equal(removeText(other, 'other').text, text);
      }),
      { numRuns: 60 },
    );
    t.comment(
      `${written} texts changed and restored, ${unwritable} refused because of how they are written`,
    );
    t.ok(unwritable * 10 < written, 'few manners of writing are refused');
  },
);
