/** Releases in live objects of others: in, kept up, out again, and whose the object is all the while. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Adopted,
  adopted,
  adoptedFor,
  adoptedFrom,
  gitPatch,
  handBack,
  type Insertion,
  insertionOf,
  type LiveObject,
  ownObjects,
  readManifests,
  shared,
  trackerOf,
} from '@tinct/istio-config';
import fc from 'fast-check';
import t from 'tap';
import { virtualService } from './foreign-shapes.ts';
import { patched } from './json-patch.ts';
import { planOf } from './stages.ts';

const planText = (subsets = 'v1: { version: v1 }, v2: { version: v2 }') => `
apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: site, revision: 1 }
identity: [{ unit: user, header: user-id }]
istio: { namespace: shop, gateways: [istio-system/edge] }
releases:
  my-service:
    stable: v1
    scope: { hosts: [shop.example] }
    services: { my-service: { host: my-service.shop.svc.cluster.local, subsets: { ${subsets} } } }
    rules: []
  other:
    stable: v1
    scope: { hosts: [help.example] }
    services: { other: { host: other.shop.svc.cluster.local, subsets: { v1: { version: v1 } } } }
`;
const PLAN = planOf(planText());

function release(name: string, plan = PLAN): Insertion {
  const { insertion } = insertionOf(plan, name);
  assert.ok(insertion);
  return insertion;
}
const INSERTIONS = new Map(['my-service', 'other'].map((name) => [name, release(name)] as const));
const ALL = [...INSERTIONS.values()];

const TEAM = { manager: 'team', operation: 'Apply' };
/** As an API server gives it: a list of the team's, and fields of others. */
const live = (object: object, list = 'http'): LiveObject => {
  const of = object as LiveObject;
  const managedFields = [
    { ...TEAM, fieldsV1: { 'f:spec': { 'f:hosts': {}, [`f:${list}`]: {} } } },
    { manager: 'helper', operation: 'Update', fieldsV1: { 'f:metadata': { 'f:labels': {} } } },
  ];
  return { ...of, metadata: { ...of.metadata, resourceVersion: '7', managedFields } };
};

/** What the server makes of a patch of Tinct's: it becomes the owner of the list. */
function written(object: LiveObject, { patch }: Pick<Adopted, 'patch'>, list = 'http'): LiveObject {
  const after = patched(object, patch) as LiveObject;
  if (patch.length === 0) return after;
  const field = `f:${list}`;
  const others = (after.metadata.managedFields ?? [])
    .filter(({ manager }) => manager !== 'tinct')
    .map((entry) => {
      const { 'f:spec': spec = {}, ...fields } = entry.fieldsV1 as Record<string, object>;
      const { [field]: _taken, ...left } = spec as Record<string, object>;
      const isBare = Object.keys(left).length === 0;
      return { ...entry, fieldsV1: { ...fields, ...(isBare ? {} : { 'f:spec': left }) } };
    });
  const mine = { manager: 'tinct', operation: 'Update', fieldsV1: { 'f:spec': { [field]: {} } } };
  const managedFields = [...others, mine];
  return { ...after, metadata: { ...after.metadata, resourceVersion: '8', managedFields } };
}

/** What a delete leaves: the release is taken out, then the object is given back. */
function givenBack(object: LiveObject, plan = 'site', list = 'http'): LiveObject {
  const out = written(object, adopted(object, { plan, insertions: [] }), list);
  return patched(out, handBack(out)) as LiveObject;
}

const withoutVersion = ({ metadata, ...rest }: LiveObject) => {
  const { resourceVersion: _version, ...others } = metadata;
  return { ...rest, metadata: others };
};
const isRefused = ({ findings }: Adopted) => findings.some(({ level }) => level === 'error');

t.test('in and out again: the same object, in the same hands', async (t) => {
  let documents = 0;
  fc.assert(
    fc.property(virtualService, (value) => {
      const object = live(value as object);
      const change = adopted(object, { plan: 'site', insertions: ALL });
      if (isRefused(change)) return void assert.deepEqual(change.patch, []);
      assert.deepEqual(patched(object, change.patch), change.object);
      const now = written(object, change);
      if (change.patch.length > 0) {
        documents++;
        assert.deepEqual(adoptedFrom(now), [TEAM]);
        const { site = [] } = adoptedFor(now);
        assert.ok(site.length > 0 && site.every((one) => change.concerned.includes(one)));
      }
      assert.deepEqual(adopted(now, { plan: 'site', insertions: ALL }).patch, [], 'twice is once');
      assert.deepEqual(handBack(now), [], 'nothing is given back while a release is in it');
      assert.deepEqual(withoutVersion(givenBack(now)), withoutVersion(object));
    }),
    { numRuns: 150 },
  );
  t.comment(`${documents} generated VirtualServices adopted and given back`);
  t.ok(documents > 60);
});

t.test('what others change meanwhile stays, of two plans each takes out its own', async (t) => {
  let documents = 0;
  fc.assert(
    fc.property(virtualService, (value) => {
      const object = live(value as object);
      const mine = adopted(object, { plan: 'site', insertions: [release('my-service')] });
      if (isRefused(mine) || mine.patch.length === 0) return;
      const both = adopted(written(object, mine), { plan: 'desk', insertions: [release('other')] });
      if (isRefused(both) || both.patch.length === 0) return;
      documents++;
      const now = written(written(object, mine), both);
      assert.deepEqual(adoptedFor(now), { desk: ['other'], site: ['my-service'] });
      const theirs = (one: LiveObject): LiveObject => ({
        ...one,
        metadata: { ...one.metadata, labels: { env: 'prod' } },
        spec: { ...(one.spec as object), exportTo: ['.'] },
      });
      const first = givenBack(theirs(now), 'site');
      assert.deepEqual(adoptedFor(first), { desk: ['other'] });
      assert.deepEqual(withoutVersion(givenBack(first, 'desk')), withoutVersion(theirs(object)));
    }),
    { numRuns: 150 },
  );
  t.comment(`${documents} generated VirtualServices with two plans in them`);
  t.ok(documents > 15);
});

const RULE = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'DestinationRule',
  metadata: { name: 'rule', namespace: 'shop' },
  spec: { host: 'my-service', subsets: [{ name: 'v1', labels: { version: 'v1' } }] },
};
const names = (object: LiveObject) =>
  (object.spec as { subsets: { name: string }[] }).subsets.map(({ name }) => name);

t.test('a rule keeps the subsets that routes may name until they are written', async (t) => {
  const three = planOf(planText('v1: { version: v1 }, v3: { version: v3 }'));
  const rule = live(RULE, 'subsets');
  const wish = { plan: 'site', insertions: [release('my-service')] };
  const now = written(rule, adopted(rule, wish), 'subsets');
  t.strictSame(names(now), ['v2', 'v1']);
  const next = { plan: 'site', insertions: [release('my-service', three)] };
  const wide = adopted(now, { ...next, isWidening: true });
  t.strictSame(names(wide.object).sort(), ['v1', 'v2', 'v3']);
  const end = adopted(written(now, wide, 'subsets'), next);
  t.strictSame(names(end.object).sort(), ['v1', 'v3']);
  const gone = { plan: 'site', insertions: [] };
  t.strictSame(adopted(now, { ...gone, isWidening: true }).patch, [], 'nothing goes first');
  t.strictSame(withoutVersion(givenBack(now, 'site', 'subsets')), withoutVersion(rule));
});

t.test('promoted: their routes lead to the winner, and its subset is theirs', async (t) => {
  const promotion = { release: 'my-service', from: 'v1', to: 'v2' };
  const wish = { plan: 'site', insertions: [release('my-service')] };
  let documents = 0;
  const winners = (value: object): object =>
    JSON.parse(
      JSON.stringify(value, (_, inner: unknown) => {
        const { host, subset } = (inner ?? {}) as { host?: string; subset?: string };
        const isMine = /^my-service(\.shop\.svc\.cluster\.local)?$/.test(host ?? '');
        return isMine && subset === 'v1' ? { ...(inner as object), subset: 'v2' } : inner;
      }),
    );
  fc.assert(
    fc.property(virtualService, (value) => {
      const object = live(value as object);
      const first = adopted(object, wish);
      if (isRefused(first) || first.patch.length === 0) return;
      const now = written(object, first);
      const change = adopted(now, { ...wish, promotion });
      if (isRefused(change)) return;
      const after = written(now, change);
      assert.deepEqual(adopted(after, { ...wish, promotion }).patch, [], 'twice is once');
      assert.deepEqual(
        withoutVersion(givenBack(after)),
        withoutVersion(winners(object) as LiveObject),
      );
      if (change.patch.length > 0) documents++;
    }),
    { numRuns: 150 },
  );
  t.comment(`${documents} generated VirtualServices promoted`);
  t.ok(documents > 10);

  const rule = live(RULE, 'subsets');
  const now = written(rule, adopted(rule, wish), 'subsets');
  const after = written(now, adopted(now, { ...wish, promotion }), 'subsets');
  t.strictSame(names(givenBack(after, 'site', 'subsets')), ['v2', 'v1'], 'their routes name v2');
  t.strictSame(adopted(rule, { ...wish, promotion }).object, adopted(rule, wish).object);
});

t.test('promoted: what Git keeps is left alone, and named', async (t) => {
  const promotion = { release: 'my-service', from: 'v1', to: 'v2' };
  const wish = { plan: 'site', insertions: [release('my-service')] };
  const http = [{ route: [{ destination: { host: 'my-service', subset: 'v1' } }] }];
  const there = adopted(route('web', { ...EDGE, http }), wish).object;
  const annotations = {};
  const object = { ...there, metadata: { ...there.metadata, annotations } };
  const change = adopted(object, { ...wish, promotion });
  t.strictSame(change.patch, []);
  t.match(change.findings, [{ code: 'TINCT_ISTIO_UNPROMOTED', path: ['spec', 'http', 2] }]);
});

t.test('promoted: backends of an HTTPRoute too', async (t) => {
  const text = planText().replace(
    'svc.cluster.local, ',
    'svc.cluster.local, port: 80, selector: { app: x }, ',
  );
  const { insertion } = insertionOf(planOf(text), 'my-service', { carrier: 'header' });
  const insertions = [insertion as Insertion];
  const backendRefs = [{ name: 'my-service-v1', port: 80 }];
  const object = live(
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'site', namespace: 'shop' },
      spec: { parentRefs: [{ name: 'edge' }], rules: [{ backendRefs }] },
    },
    'rules',
  );
  const promotion = { release: 'my-service', from: 'v1', to: 'v2' };
  const now = written(object, adopted(object, { plan: 'site', insertions }), 'rules');
  const after = written(now, adopted(now, { plan: 'site', insertions, promotion }), 'rules');
  t.match(givenBack(after, 'site', 'rules').spec, {
    rules: [{ backendRefs: [{ name: 'my-service-v2', port: 80 }] }],
  });
});

t.test('what a file of theirs put there is not Tinct’s to take away', async (t) => {
  const wish = { plan: 'site', insertions: ALL };
  const { metadata, ...rest } = RULE;
  const subsets = ['v1', 'v2'].map((name) => ({ name, labels: { version: name } }));
  const rule = live({ ...rest, metadata, spec: { ...RULE.spec, subsets } }, 'subsets');
  t.match(adopted(rule, wish), { patch: [], concerned: ['my-service'] });
  t.strictSame(adopted(rule, { plan: 'site', insertions: [] }).patch, []);
});

const route = (name: string, spec: object, more: object = {}): LiveObject =>
  live({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name, namespace: 'shop', ...more },
    spec: { http: [{ route: [{ destination: { host: 'my-service' } }] }], ...spec },
  });
const EDGE = { hosts: ['shop.example'], gateways: ['istio-system/edge'] };
const among = (...all: LiveObject[]) => {
  const { documents } = ownObjects(PLAN, {});
  const made = shared({ plan: 'site', objects: documents, insertions: INSERTIONS }, all);
  return {
    objects: made.objects.map(({ kind, metadata, spec }) => {
      const { gateways } = spec as { gateways?: readonly string[] };
      return [kind, metadata.name, ...(gateways ?? [])].join(' ');
    }),
    adoptees: made.adoptees.map(({ object, wish }) => [
      object.metadata.name,
      ...wish.insertions.map((one) => one.release),
    ]),
    obstacles: made.obstacles.map(({ object, release: name }) => [object.metadata.name, name]),
  };
};
const OWN = [
  'DestinationRule tinct-my-service',
  'DestinationRule tinct-other',
  'VirtualService tinct-my-service mesh',
  'VirtualService tinct-other mesh',
  'VirtualService tinct.help.example istio-system/edge',
  'VirtualService tinct.shop.example istio-system/edge',
];
const without = (...gone: string[]) =>
  OWN.filter((one) => !gone.some((name) => one.includes(name)));

t.test(
  'who speaks of the same requests carries the release, and Tinct makes the rest',
  async (t) => {
    t.strictSame(among().objects.sort(), OWN);
    const web = among(route('web', EDGE));
    t.strictSame(web.adoptees, [['web', 'my-service']]);
    t.strictSame(web.objects.sort(), without('tinct.shop.example'));
    t.strictSame(web.obstacles, []);
    const all = among(route('web', { ...EDGE, hosts: ['*'] }), live(RULE, 'subsets'));
    t.strictSame(all.adoptees, [
      ['web', 'my-service'],
      ['rule', 'my-service'],
    ]);
    t.strictSame(all.obstacles, [['web', 'other']], 'it leads nothing to the other release');
  },
);

t.test('a host of its own, another gateway, another plan: nobody is in the way', async (t) => {
  const elsewhere = [
    route('a', { ...EDGE, hosts: ['else.example'] }),
    route('b', { ...EDGE, gateways: ['istio-system/inner'] }),
    route('c', EDGE, { labels: { 'app.kubernetes.io/managed-by': 'tinct' } }),
  ];
  t.strictSame(among(...elsewhere).objects.sort(), OWN);
  t.strictSame(among(...elsewhere).adoptees, []);
});

t.test('routes that lead elsewhere are in the way', async (t) => {
  const http = [{ route: [{ destination: { host: 'cart' } }] }];
  t.strictSame(among(route('web', { ...EDGE, http })).obstacles, [['web', undefined]]);
  t.strictSame(
    among(route('web', { ...EDGE, http }), route('more', EDGE)).obstacles,
    [],
    'unless another one for the host leads to the service',
  );
});

t.test('entrances that others have are theirs, the others Tinct’s', async (t) => {
  const two = planOf(
    planText().replace('[istio-system/edge]', '[istio-system/edge, istio-system/b]'),
  );
  const { documents } = ownObjects(two, {});
  const made = shared({ plan: 'site', objects: documents, insertions: INSERTIONS }, [
    route('web', EDGE),
  ]);
  const own = made.objects.find(({ metadata }) => metadata.name === 'tinct.shop.example');
  t.strictSame(own?.spec['gateways'], ['istio-system/b']);
  const narrow = planOf(planText().replace('[shop.example]', '["*.example"]'));
  const wide = shared(
    { plan: 'site', objects: ownObjects(narrow, {}).documents, insertions: INSERTIONS },
    [route('web', EDGE)],
  );
  t.ok(
    wide.objects.some(({ spec }) => JSON.stringify(spec).includes('"*.example"')),
    'a wider host of Tinct’s own stays beside the narrower one, which carries the release too',
  );
  t.strictSame(
    wide.adoptees.map(({ object }) => object.metadata.name),
    ['web'],
  );
});

t.test('what is written in Git instead', async (t) => {
  const object = route('web', EDGE);
  const patch = gitPatch(object, adopted(object, { plan: 'site', insertions: ALL }).object);
  t.strictSame(Object.keys(patch['spec'] as object), ['http'], 'only the list that changes');
  t.strictSame(patch['metadata'], { name: 'web', namespace: 'shop' }, 'and no note of an adoption');
  const rule = live(RULE, 'subsets');
  t.match(gitPatch(rule, adopted(rule, { plan: 'site', insertions: ALL }).object), {
    metadata: { annotations: { 'tinct.dev/subsets': /^my-service=v2/ } },
  });
  const ownerReferences = [{ kind: 'Canary', name: 'podinfo', controller: true }];
  t.match(trackerOf(route('web', EDGE, { ownerReferences })), { name: 'Canary podinfo' });
});

t.test('notes that nobody can read name nobody', async (t) => {
  for (const text of ['', 'kubectl', '{"manager":"x"}', '[1, {"manager":"x"}]']) {
    const annotations = { 'tinct.dev/adopted-from': text, 'tinct.dev/adopted-for': '= x y=,' };
    const object = route('web', EDGE, { annotations });
    t.strictSame(adoptedFrom(object), []);
    t.doesNotThrow(() => givenBack(object));
  }
  t.equal(adoptedFrom(route('web', EDGE)), undefined);
});

t.test('shapes of routes that people write: adopted and given back', async (t) => {
  const folder = join(import.meta.dirname, '../testdata/foreign');
  const plan = planOf(readFileSync(join(folder, 'plan.yaml'), 'utf8'));
  const insertions = Object.keys(plan.releases).map((name) => release(name, plan));
  const files = readdirSync(folder).filter((name) => name.endsWith('.in.yaml'));
  let documents = 0;
  for (const file of files) {
    const { manifests } = readManifests(readFileSync(join(folder, file), 'utf8'));
    for (const { value, kind } of manifests) {
      const list = { VirtualService: 'http', DestinationRule: 'subsets' }[kind] ?? 'rules';
      const object = live(value, list);
      const change = adopted(object, { plan: 'books', insertions });
      if (isRefused(change) || change.patch.length === 0) continue;
      documents++;
      const back = givenBack(written(object, change, list), 'books', list);
      t.strictSame(withoutVersion(back), withoutVersion(object), `${file} ${kind}`);
    }
  }
  t.comment(`${documents} objects of ${files.length} files`);
  t.ok(documents > 8);
});
