/** Into objects of others, when somebody else writes them too. The real API server is asked in test/mesh. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Operation } from '@tinct/istio-config';
import t, { type Test } from 'tap';
import { patched } from '../../istio-config/test/json-patch.ts';
import { type Answer, shopAt, status } from './api-server.ts';
import type { Project } from './world.ts';

interface Kept {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: object;
}

const kept = (kind: string, spec: object, more: object = {}): Kept => ({
  apiVersion: 'networking.istio.io/v1',
  kind,
  metadata: {
    name: 'theirs',
    namespace: 'shop',
    resourceVersion: '1',
    managedFields: [{ manager: 'kubectl', operation: 'Update', time: '2026-01-01T00:00:00Z' }],
    ...more,
  },
  spec,
});
const ROUTE = kept('VirtualService', {
  hosts: ['web'],
  http: [{ route: [{ destination: { host: 'web', subset: 'v1' } }] }],
});
const RULE = kept('DestinationRule', {
  host: 'web',
  subsets: [{ name: 'v1', labels: { version: 'v1' } }],
});

/** An API server with objects that are patched as a real one would, and what was asked of it. */
class Store {
  readonly asked: string[] = [];
  readonly #objects: Map<string, Kept>;
  readonly #meddles: (object: Kept, patches: number) => Kept;
  #patches = 0;

  /** Answers in place of the server, where there is one. */
  fails: (asked: string) => Answer | undefined = () => undefined;

  /** @param meddles what somebody else makes of an object right before a patch of it is tried. */
  constructor(objects: readonly Kept[], meddles: (object: Kept, patches: number) => Kept) {
    this.#objects = new Map(objects.map((one) => [pluralOf(one.kind), one]));
    this.#meddles = meddles;
  }

  get(kind: string): Kept {
    const found = this.#objects.get(pluralOf(kind));
    if (found === undefined) throw new Error(`no ${kind}`);
    return found;
  }

  answer(method: string, url: URL, body: string): Answer {
    const [namespace = '', kind = '', name] = (url.pathname.split('/namespaces/')[1] ?? '').split(
      '/',
    );
    this.asked.push(`${method} ${kind}`);
    const failure = this.fails(this.asked.at(-1) ?? '');
    if (failure !== undefined) return failure;
    if (kind === 'leases') return this.#lease(method);
    const object = namespace === 'shop' ? this.#objects.get(kind) : undefined;
    if (name === undefined) return [200, { items: object === undefined ? [] : [object] }];
    if (object === undefined) return [404, status('NotFound', 'gone', { name })];
    if (method === 'GET') return [200, object];
    return this.#patch(kind, object, JSON.parse(body), url.searchParams.get('dryRun') !== null);
  }

  #lease(method: string): Answer {
    if (method === 'GET') return [404, status('NotFound', 'gone', { name: 'tinct-shop' })];
    return [200, { apiVersion: 'v1', kind: 'Lease', metadata: { name: 'x' } }];
  }

  #patch(kind: string, object: Kept, patch: Operation[], isDry: boolean): Answer {
    const now = isDry ? object : this.#meddles(object, this.#patches++);
    this.#objects.set(kind, now);
    try {
      const after = patched(now, patch) as Kept;
      const next = {
        ...after,
        metadata: { ...after.metadata, resourceVersion: versionAfter(now) },
      };
      if (!isDry) this.#objects.set(kind, next);
      return [200, next];
    } catch {
      return [422, status('Invalid', 'testing path failed')];
    }
  }
}

const pluralOf = (kind: string) => `${kind.toLowerCase()}s`;
const versionAfter = ({ metadata }: Kept) => String(Number(metadata['resourceVersion']) + 1);

const MEDDLER = { manager: 'meddler', operation: 'Update', time: '2026-02-01T00:00:00Z' };
const meddled = (object: Kept, label: string): Kept => ({
  ...object,
  metadata: {
    ...object.metadata,
    labels: { label },
    resourceVersion: versionAfter(object),
    managedFields: [MEDDLER, ...(object.metadata['managedFields'] as object[])],
  },
});

async function storeOf(
  t: Test,
  objects: readonly Kept[] = [ROUTE, RULE],
  meddles: (object: Kept, patches: number) => Kept = (object) => object,
): Promise<{ store: Store; shop: Project }> {
  const store = new Store(objects, meddles);
  const shop = await shopAt(t, ({ method = '', url = '' }, body) =>
    store.answer(method, new URL(url, 'http://api'), body),
  );
  return { store, shop };
}
const run = (shop: Project, command: string, ...more: string[]) =>
  shop.tinct(['istio', command, 'mesh-plan.yaml', ...more], { env: { KUBECONFIG: 'kube.json' } });
const NOW = ['--settle', '0s'];
const routes = (object: Kept) =>
  (object.spec as { http: { name?: string }[] }).http.map(({ name }) => name);

t.test('without being told so, nothing of others is written', async (t) => {
  const { store, shop } = await storeOf(t);
  t.match(await run(shop, 'apply', ...NOW), {
    status: 4,
    stderr:
      /TINCT_KUBE_FOREIGN DestinationRule shop\/theirs, VirtualService shop\/theirs speak of the same requests.*\n.*say `--adopt`/,
  });
  t.strictSame([store.get('VirtualService'), store.get('DestinationRule')], [ROUTE, RULE]);
});

t.test('in, twice, and out again', async (t) => {
  const { store, shop } = await storeOf(t);
  const dry = await run(shop, 'apply', '--adopt', '--dry-run');
  t.match(dry, { status: 0, stdout: /\+ +- name: tinct\/web\/v2[\s\S]*2 changed; not written/ });
  t.strictSame(store.get('VirtualService'), ROUTE);
  t.match(await run(shop, 'apply', '--adopt', ...NOW), { status: 0, stdout: /2 changed; written/ });
  t.strictSame(routes(store.get('VirtualService')), ['tinct/web/v1', 'tinct/web/v2', undefined]);
  const first = store.asked.filter((one) => one.startsWith('PATCH'));
  const order = ['PATCH destinationrules', 'PATCH virtualservices'];
  t.strictSame(first.slice(-2), order, 'subsets before routes');
  t.match(await run(shop, 'apply', ...NOW), { status: 0, stdout: /nothing to change/ });
  t.match(await run(shop, 'status'), {
    status: 0,
    stdout: /VirtualService shop\/theirs +there +adopted/,
  });
  const json = await run(shop, 'diff', '-o', 'json');
  t.match(JSON.parse(json.stdout), { changes: [{ change: 'same', adoptedFrom: [] }, {}] });
  t.match(await run(shop, 'delete', '--release', 'web', ...NOW), {
    status: 0,
    stdout: /2 changed/,
  });
  for (const one of [ROUTE, RULE]) t.strictSame(store.get(one.kind).spec, one.spec);
  t.equal(store.get('VirtualService').metadata['annotations'], undefined);
  t.match(await run(shop, 'delete', ...NOW), { status: 0, stdout: /nothing to change/ });
});

t.test(
  'somebody else is faster: read, changed and written again, and nothing is lost',
  async (t) => {
    const { store, shop } = await storeOf(t, [ROUTE, RULE], (object, patches) =>
      patches < 3 ? meddled(object, String(patches)) : object,
    );
    t.match(await run(shop, 'apply', '--adopt', ...NOW), {
      status: 0,
      stdout: /2 changed; written/,
    });
    t.match(store.get('DestinationRule').metadata, { labels: { label: '2' } });
    t.strictSame(routes(store.get('VirtualService')), ['tinct/web/v1', 'tinct/web/v2', undefined]);
  },
);

t.test('somebody else always is: it ends, and says who', async (t) => {
  const { store, shop } = await storeOf(t, [ROUTE, RULE], (object) => meddled(object, 'x'));
  t.match(await run(shop, 'apply', '--adopt', ...NOW), {
    status: 4,
    stderr:
      /TINCT_KUBE_CHANGED DestinationRule shop\/theirs was changed 8 times meanwhile, last by `meddler`/,
  });
  t.strictSame(routes(store.get('VirtualService')), [undefined], 'no route without its subset');
});

t.test('attack: an object is made Argo CD’s between the look and the write', async (t) => {
  const annotations = { 'argocd.argoproj.io/tracking-id': 'x' };
  const { store, shop } = await storeOf(t, [ROUTE, RULE], (object, patches) =>
    patches > 0
      ? object
      : { ...object, metadata: { ...meddled(object, '').metadata, annotations } },
  );
  const ran = await run(shop, 'apply', '--adopt', ...NOW);
  t.match(ran, { status: 4, stderr: /TINCT_KUBE_TRACKED/ });
  t.strictSame(store.get('DestinationRule').spec, RULE.spec);
});

t.test('what a program keeps is edited where it takes it from: the patch is printed', async (t) => {
  const marks: readonly (readonly [string, object])[] = [
    ['Argo CD', { annotations: { 'argocd.argoproj.io/tracking-id': 'x' } }],
    ['Flux', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'x' } }],
    ['Helm', { annotations: { 'meta.helm.sh/release-name': 'x' } }],
    ['Canary web', { ownerReferences: [{ kind: 'Canary', name: 'web', controller: true }] }],
  ];
  for (const [name, mark] of marks) {
    const { store, shop } = await storeOf(t, [kept('VirtualService', ROUTE.spec, mark), RULE]);
    const ran = await run(shop, 'apply', '--adopt', ...NOW);
    t.match(ran, { status: 4, stderr: `is kept by ${name}` }, name);
    t.match(ran.stderr, /TINCT_KUBE_TRACKED[\s\S]*edit in Git/);
    t.match(
      ran.stdout,
      /kind: VirtualService\nmetadata:\n {2}name: theirs[\s\S]*name: tinct\/web\/v2/,
    );
    t.strictSame(store.get('DestinationRule'), RULE, 'and nothing at all is written');
  }
});

t.test('a route that leads elsewhere is in the way, and what to do is said', async (t) => {
  const http = [{ route: [{ destination: { host: 'cart' } }] }];
  const { shop } = await storeOf(t, [kept('VirtualService', { hosts: ['web'], http })]);
  t.match(await run(shop, 'apply', '--adopt', ...NOW), {
    status: 4,
    stderr:
      /TINCT_KUBE_FOREIGN VirtualService shop\/theirs[\s\S]*a route to a service of the release/,
  });
});

t.test('promote --apply: half-way the cluster goes away; the same command goes on', async (t) => {
  const { store, shop } = await storeOf(t);
  const completed = (text: string) =>
    text.replace('    stable: v1\n', '    stable: v1\n    state: completed\n    winner: v2\n');
  t.match(await run(shop, 'apply', '--adopt', ...NOW), { status: 0 });
  const promote = () =>
    shop.tinct(['istio', 'promote', 'web', '-p', 'mesh-plan.yaml', '--apply', ...NOW], {
      env: { KUBECONFIG: 'kube.json' },
    });
  t.match(await promote(), { status: 1, stderr: /TINCT_PLAN_STATE/ }, 'nobody is moved early');
  shop.write('mesh-plan.yaml', completed(shop.read('mesh-plan.yaml')));
  const plan = shop.read('mesh-plan.yaml');

  let writes = 0;
  store.fails = (asked) =>
    asked === 'PATCH virtualservices' && writes++ > 0 ? [503, status('Busy', 'busy')] : undefined;
  t.match(await promote(), { status: 4, stderr: /TINCT_KUBE_UNREACHABLE/ });
  t.equal(shop.read('mesh-plan.yaml'), plan, 'the plan comes last');
  store.fails = () => undefined;
  t.match(await promote(), { status: 0, stdout: /1 changed, 1 unchanged; written/ });
  t.match(shop.read('mesh-plan.yaml'), /revision: 2[\s\S]*stable: v2/);
  const { http } = store.get('VirtualService').spec as { http: object[] };
  t.match(http.at(-1), { route: [{ destination: { host: 'web', subset: 'v2' } }] });
  t.match(await promote(), { status: 0, stdout: /nothing to change/, stderr: /it is so already/ });
  t.match(await run(shop, 'delete', ...NOW), { status: 0 });
  t.match(store.get('DestinationRule').spec, { subsets: [{ name: 'v2' }, { name: 'v1' }] });
  t.strictSame(routes(store.get('VirtualService')), [undefined]);
  const both = ['istio', 'promote', 'web', '--apply', '-o', 'routes', '-p', 'mesh-plan.yaml'];
  t.match(await shop.tinct(both), { status: 2, stderr: /exclude each other/ });
});

/** An Envoy's admin port, as far as it is asked. */
async function adminOf(t: Test, answer: (url: URL) => unknown): Promise<string> {
  const server = createServer(({ url = '' }, response) => {
    const body = answer(new URL(url, 'http://envoy'));
    if (body === undefined) response.statusCode = 500;
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

t.test(
  '--envoy-admin: a stage waits until the Envoy has it; else it is said that none was asked',
  async (t) => {
    const { store, shop } = await storeOf(t);
    const quiet = await run(shop, 'apply', '--adopt', '--wait', ...NOW);
    t.match(quiet, { status: 0, stderr: /waited 0 s .* asked no Envoy/ });
    t.match(await run(shop, 'delete', ...NOW), { status: 0 });

    let looks = 0;
    const cluster = (subset: string) => ({
      cluster: { name: `outbound|80|${subset}|web.shop.svc.cluster.local` },
    });
    const admin = await adminOf(t, ({ pathname, searchParams }) => {
      if (pathname === '/server_info') return { node: { id: 'router~x' } };
      if (searchParams.get('resource') === 'dynamic_route_configs') return {};
      const subsets = looks++ < 3 ? ['', 'v1'] : ['', 'v1', 'v2'];
      if (looks < 4) t.strictSame(routes(store.get('VirtualService')), [undefined], 'no route yet');
      return { configs: subsets.map(cluster) };
    });
    const done = await run(shop, 'apply', '--adopt', '--envoy-admin', admin, ...NOW);
    t.match(done, { status: 0, stderr: /1 of 1 objects seen by http/ }, done.stderr);
    t.ok(looks >= 4);
    t.match(await run(shop, 'delete', ...NOW), { status: 0 });

    const broken = await adminOf(t, () => undefined);
    const refused = await run(shop, 'apply', '--adopt', '--envoy-admin', broken, ...NOW);
    t.match(refused, { status: 4, stderr: /TINCT_ENVOY_ADMIN .*it answered 500/ });
    t.strictSame(routes(store.get('VirtualService')), [undefined], 'and no route is written');
  },
);
