/** What a user sees when a cluster cannot be asked, or refuses. The real API server is asked in test/mesh. */
import { existsSync } from 'node:fs';
import t from 'tap';
import { shopAt, shopWith, status } from './api-server.ts';
import { NOW, type Project } from './world.ts';

const APPLY = ['istio', 'apply', 'mesh-plan.yaml', '--settle', '0s'];
const run = (shop: Project, ...more: string[]) =>
  shop.tinct([...APPLY, ...more], { env: { KUBECONFIG: 'kube.json' } });
const gone = status('NotFound', 'not found', { name: 'x' });

t.test('a kubeconfig that leads nowhere', async (t) => {
  const shop = shopWith('http://127.0.0.1:9');
  t.match(await run(shop, '--context', 'other'), {
    status: 4,
    stderr: /TINCT_KUBE_CONFIG.*no context `other`\n.*it has test/,
  });
  t.match(await run(shop, '--kubeconfig', 'none.json'), { status: 4, stderr: /TINCT_KUBE_CONFIG/ });
  shop.write('wrong.json', '{ "clusters": 3');
  t.match(await run(shop, '--kubeconfig', 'wrong.json'), {
    status: 4,
    stderr: /TINCT_KUBE_CONFIG/,
  });
  shop.write('empty.json', '{}');
  t.match(await run(shop, '--kubeconfig', 'empty.json'), {
    status: 4,
    stderr: /TINCT_KUBE_CONFIG/,
  });
});

t.test('nobody listens, or the server is overloaded', async (t) => {
  t.match(await run(shopWith('http://127.0.0.1:1')), {
    status: 4,
    stderr: /TINCT_KUBE_UNREACHABLE .*127\.0\.0\.1:1/,
  });
  const busy = await shopAt(t, () => [503, status('ServiceUnavailable', 'busy')]);
  t.match(await run(busy), { status: 4, stderr: /TINCT_KUBE_UNREACHABLE .*503: busy/ });
});

t.test('who asks is not known, or has no right', async (t) => {
  const unknown = await shopAt(t, () => [401, status('Unauthorized', 'Unauthorized')]);
  t.match(await run(unknown), { status: 4, stderr: /TINCT_KUBE_UNAUTHORIZED/ });
  const refused = await shopAt(t, () => [403, status('Forbidden', 'User "ci" cannot')]);
  t.match(await run(refused), {
    status: 4,
    stderr:
      /TINCT_KUBE_FORBIDDEN `ci` may not get leases .*\n.*resources: \[leases\], verbs: \[get\]/,
  });
});

t.test('the kinds are not installed', async (t) => {
  const shop = await shopAt(t, ({ url = '' }) =>
    url.includes('/leases') ? [404, gone] : [404, '404 page not found\n'],
  );
  t.match(await run(shop, '--dry-run'), {
    status: 4,
    stderr: /TINCT_KUBE_KIND_MISSING .*destinationrules\.networking\.istio\.io/,
  });
});

t.test('another run is at work; one that died holds nobody back', async (t) => {
  const lease = (renewTime: string) => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'tinct-shop', namespace: 'shop', resourceVersion: '1' },
    spec: { holderIdentity: 'ci-7', leaseDurationSeconds: 30, renewTime },
  });
  const shop = await shopAt(t, () => [200, lease(new Date(NOW - 10_000).toISOString())]);
  t.match(await run(shop), { status: 4, stderr: /TINCT_KUBE_LEASE `ci-7` is at work.*\n.*20 s/ });
  const asked: string[] = [];
  const dead = await shopAt(t, ({ method = '', url = '' }) => {
    asked.push(`${method} ${url.includes('/leases') ? 'lease' : 'routes'}`);
    if (!url.includes('/leases')) return [500, status('InternalError', 'stop here')];
    return [200, lease(new Date(NOW - 31_000).toISOString())];
  });
  await run(dead);
  t.match(asked.join(), 'GET lease,PATCH lease');
  t.match(asked.join(), 'GET routes');
  t.ok(asked.includes('DELETE lease'), 'and it is given back');
});

t.test('a field of somebody else’s: the owner and the way out are named', async (t) => {
  const message = 'conflict with "kubectl" using networking.istio.io/v1';
  const causes = [{ reason: 'FieldManagerConflict', message, field: '.spec.subsets' }];
  const shop = await shopAt(t, ({ method }) =>
    method === 'GET' ? [200, { items: [] }] : [409, status('Conflict', 'conflict', { causes })],
  );
  t.match(await run(shop, '--dry-run'), {
    status: 4,
    stderr: /TINCT_KUBE_CONFLICT .*`\.spec\.subsets` belongs to `kubectl`\n.*undo in `kubectl`/,
  });
});

const IN_POD =
  existsSync('/var/run/secrets/kubernetes.io/serviceaccount/token') && 'a pod has an account';

t.test('without any kubeconfig it is said that there is none', { skip: IN_POD }, async (t) => {
  const shop = shopWith('http://127.0.0.1:9');
  // The client looks for a home of its own accord.
  const { HOME, USERPROFILE, KUBECONFIG } = process.env;
  t.teardown(() => {
    for (const [name, value] of Object.entries({ HOME, USERPROFILE, KUBECONFIG }))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  });
  delete process.env['KUBECONFIG'];
  delete process.env['USERPROFILE'];
  process.env['HOME'] = shop.dir;
  t.match(await shop.tinct(APPLY, { env: {} }), {
    status: 4,
    stderr: /TINCT_KUBE_CONFIG the kubeconfig: there is none/,
  });
});

t.test('Ctrl-C gives the lease back', async (t) => {
  const ending = new AbortController();
  const asked: string[] = [];
  const shop = await shopAt(t, ({ method = '', url = '' }) => {
    const isLease = url.includes('/leases');
    asked.push(`${method} ${isLease ? 'lease' : 'routes'}`);
    if (!isLease) ending.abort();
    if (method === 'GET') return isLease ? [404, gone] : [200, { items: [] }];
    return [200, { apiVersion: 'v1', kind: 'Lease', metadata: { name: 'tinct-shop' } }];
  });
  const { signal } = ending;
  const env = { KUBECONFIG: 'kube.json' };
  await shop.tinct(APPLY, { env, signal });
  t.ok(asked.includes('DELETE lease'), asked.join());
});
