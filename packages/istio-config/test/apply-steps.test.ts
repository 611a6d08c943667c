import { parsePlan } from '@tinct/core';
import {
  type LiveObject,
  type OwnObject,
  overlaps,
  ownObjects,
  stepsOf,
  trackerOf,
} from '@tinct/istio-config';
import t from 'tap';

const planOf = (subsets: string) => {
  const { plan } = parsePlan(`apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: 7 }
istio: { namespace: shop, gateways: [edge] }
identity: [{ unit: user, header: user-id }]
releases:
  web:
    stable: v1
    scope: { hosts: [shop.example] }
    services: { web: { host: web, subsets: { ${subsets} } } }
    rules: []
`);
  if (plan === undefined) throw new Error('the plan is wrong');
  return plan;
};
const TWO = 'v1: { version: v1 }, v2: { version: v2 }';
const THREE = `${TWO}, v3: { version: v3 }`;
const objects = (subsets: string) => ownObjects(planOf(subsets), {}).documents;
const told = (wanted: readonly OwnObject[], live: readonly LiveObject[]) =>
  stepsOf(wanted, live).map(
    ({ stage, kind, object }) => `${stage} ${kind} ${object.kind} ${object.metadata.name}`,
  );

t.test('what is Tinct’s own says of which plan, release and revision it is', async (t) => {
  for (const { metadata } of objects(TWO))
    t.match(metadata, {
      labels: {
        'app.kubernetes.io/managed-by': 'tinct',
        'tinct.dev/plan': 'shop',
        'release.tinct.dev/web': 'served',
      },
      annotations: { 'tinct.dev/revision': '7' },
    });
});

t.test('subsets are there before routes name them, and go after them', async (t) => {
  t.strictSame(told(objects(TWO), []), [
    'targets apply DestinationRule tinct-web',
    'routes apply VirtualService tinct-web',
    'routes apply VirtualService tinct.shop.example',
  ]);
  t.strictSame(told([], objects(TWO)), [
    'routes delete VirtualService tinct-web',
    'routes delete VirtualService tinct.shop.example',
    'leftovers delete DestinationRule tinct-web',
  ]);
  const narrower = stepsOf(objects(TWO), objects(THREE));
  t.strictSame(
    narrower
      .filter(({ object }) => object.kind === 'DestinationRule')
      .map(({ stage, object }) => [
        stage,
        (object.spec as { subsets: { name: string }[] }).subsets.map(({ name }) => name),
      ]),
    [
      ['targets', ['v1', 'v2', 'v3']],
      ['leftovers', ['v1', 'v2']],
    ],
  );
});

const route = (spec: object, namespace = 'shop'): LiveObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name: 'theirs', namespace },
  spec,
});

t.test('routes for the same host and gateway overlap', async (t) => {
  const own = objects(TWO).find(({ metadata }) => metadata.name === 'tinct.shop.example');
  const mesh = objects(TWO).find(
    ({ metadata }) => metadata.name === 'tinct-web' && 'labels' in metadata,
  );
  if (own === undefined || mesh === undefined) throw new Error('no route');
  t.ok(overlaps(own, route({ hosts: ['shop.example'], gateways: ['edge'] })));
  t.ok(overlaps(own, route({ hosts: ['*.example'], gateways: ['shop/edge', 'mesh'] })));
  t.notOk(overlaps(own, route({ hosts: ['other.example'], gateways: ['edge'] })));
  t.notOk(overlaps(own, route({ hosts: ['shop.example'] })), 'that is the mesh');
  t.notOk(overlaps(own, route({ hosts: ['shop.example'], gateways: ['edge'] }, 'other')));
  const rule = { ...route({ host: 'web' }), kind: 'DestinationRule' };
  t.ok(overlaps(mesh, rule), 'a host without a namespace is of the object’s own');
  t.notOk(overlaps(mesh, { ...rule, metadata: { name: 'theirs', namespace: 'other' } }));
});

t.test('who keeps an object as Git has it', async (t) => {
  const of = (metadata: object) =>
    trackerOf({ ...route({}), metadata: { name: 'a', ...metadata } })?.name;
  t.equal(of({ annotations: { 'argocd.argoproj.io/tracking-id': 'x' } }), 'Argo CD');
  t.equal(of({ labels: { 'argocd.argoproj.io/instance': 'x' } }), 'Argo CD');
  t.equal(of({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'x' } }), 'Flux');
  t.equal(of({ annotations: { 'meta.helm.sh/release-name': 'x' } }), 'Helm');
  t.equal(of({ labels: { 'app.kubernetes.io/managed-by': 'Helm' } }), 'Helm');
  t.equal(of({ managedFields: [{ manager: 'argocd-controller' }] }), 'Argo CD');
  t.equal(of({ managedFields: [{ manager: 'kubectl' }] }), undefined);
});
