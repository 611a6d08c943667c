/** What an Envoy's admin port says of objects that were written. A real one is asked in test/mesh. */
import { type EnvoyRoute, envoyState, type LiveObject, sightOf } from '@tinct/istio-config';
import t from 'tap';

const HOST = 'web.shop.svc.cluster.local';
const CONFIG = '/apis/networking.istio.io/v1/namespaces/shop/virtual-service/web';

const object = (kind: string, spec: object): LiveObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind,
  metadata: { name: 'web', namespace: 'shop' },
  spec,
});
const to = (subset: string | undefined) => ({
  route: [{ destination: { host: 'web', ...(subset === undefined ? {} : { subset }) } }],
});
const copy = (variant: string) => ({
  name: `tinct/web/${variant}`,
  match: [{ headers: { 'x-tinct-web': { exact: variant } } }],
  ...to(variant),
});
const ROUTE = object('VirtualService', {
  hosts: ['shop.example'],
  gateways: ['istio-system/edge'],
  http: [
    { match: [{ uri: { prefix: '/old' } }], redirect: { uri: '/' } },
    copy('v1'),
    copy('v2'),
    { name: 'all', ...to(undefined) },
    { name: 'nobody gets here', ...to('v9') },
  ],
});
const there = (of: LiveObject) => ({ kind: 'there', object: of }) as const;
const gone = (of: LiveObject) => ({ kind: 'gone', object: of }) as const;

const route = (name: string, ...subsets: string[]): EnvoyRoute => ({
  config: CONFIG,
  name,
  clusters: subsets.map((subset) => `outbound|80|${subset}|${HOST}`),
});
const ALL = [route(''), route('tinct/web/v1', 'v1'), route('tinct/web/v2', 'v2'), route('all', '')];
const envoy = (routes: readonly EnvoyRoute[], clusters: readonly string[] = []) => ({
  node: 'router~10.0.0.1~edge.istio-system~istio-system.svc.cluster.local',
  routes,
  clusters,
});

t.test('routes: all of Tinct’s, and none that the object does not have', async (t) => {
  const others = { ...route('x', 'v3'), config: CONFIG.replace('/web', '/other') };
  t.equal(sightOf(envoy([...ALL, others]), there(ROUTE)), 'seen');
  t.equal(sightOf(envoy([]), there(ROUTE)), 'unseen', 'not there yet');
  t.equal(sightOf(envoy(ALL.slice(0, 2)), there(ROUTE)), 'unseen', 'a color is missing');
  const old = [...ALL.slice(0, 3), route('all', 'v1')];
  t.equal(sightOf(envoy(old), there(ROUTE)), 'unseen', 'a route leads where it led before');
  const more = [...ALL, route('tinct/web/v3', 'v3')];
  t.equal(sightOf(envoy(more), there(ROUTE)), 'unseen', 'a color that is gone');
  t.equal(sightOf(envoy(ALL), gone(ROUTE)), 'unseen');
  t.equal(sightOf(envoy([others]), gone(ROUTE)), 'seen');
});

t.test('a sidecar says nothing of gateways, and a gateway nothing of the mesh', async (t) => {
  const sidecar = { ...envoy(ALL), node: 'sidecar~10.0.0.2~web.shop~shop.svc.cluster.local' };
  t.equal(sightOf(sidecar, there(ROUTE)), 'unknown');
  const mesh = object('VirtualService', { hosts: ['web'], http: [copy('v1'), to('v1')] });
  t.equal(sightOf(envoy([]), there(mesh)), 'unknown');
  t.equal(sightOf({ ...sidecar, routes: [] }, there(mesh)), 'unseen');
  const own = [route('tinct/web/v1', 'v1'), route('', 'v1')];
  t.equal(sightOf({ ...sidecar, routes: own }, there(mesh)), 'seen');
});

t.test('subsets: clusters of a host that the Envoy knows', async (t) => {
  const subsets = ['v1', 'v2'].map((name) => ({ name, labels: { version: name } }));
  const rule = object('DestinationRule', { host: 'web', subsets });
  const known = ['', 'v1', 'v2'].map((subset) => `outbound|80|${subset}|${HOST}`);
  t.equal(sightOf(envoy([], known), there(rule)), 'seen');
  t.equal(sightOf(envoy([], known.slice(0, 2)), there(rule)), 'unseen');
  t.equal(sightOf(envoy([], ['outbound|80||other']), there(rule)), 'unknown');
  t.equal(sightOf(envoy([], known), gone(rule)), 'unknown', 'what goes is waited for by nobody');
  t.equal(sightOf(envoy(ALL), there(object('HTTPRoute', {}))), 'unknown');
});

t.test('the admin port’s pages, and pages of anything else', async (t) => {
  const config = { filter_metadata: { istio: { config: CONFIG } } };
  const clusters = [{ name: 'a', weight: 1 }, { name: 'b' }];
  const routes = [
    { name: 'x', metadata: config, route: { cluster: 'outbound|80|v1|web' } },
    { metadata: config, route: { weighted_clusters: { clusters } } },
    { redirect: {} },
  ];
  const state = envoyState(
    { configs: [{ route_config: { virtual_hosts: [{ routes }] } }, { '@type': 'other' }] },
    { configs: [{ cluster: { name: 'outbound|80||web' } }] },
    { node: { id: 'router~x' } },
  );
  t.strictSame(state, {
    node: 'router~x',
    clusters: ['outbound|80||web'],
    routes: [
      { config: CONFIG, name: 'x', clusters: ['outbound|80|v1|web'] },
      { config: CONFIG, name: '', clusters: ['a', 'b'] },
      { config: '', name: '', clusters: [] },
    ],
  });
  for (const nothing of [undefined, null, 3, 'x', [], { configs: 1 }])
    t.strictSame(envoyState(nothing, nothing, nothing), { node: '', clusters: [], routes: [] });
});
