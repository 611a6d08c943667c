/** `tinct istio apply`, `diff`, `remove` against a real API server, while requests go through a real gateway. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Kube, type KubeObject, objectsOf } from '../harness/kube.ts';
import { live, loadOf, startLiveShop, WAIT } from '../harness/live-shop.ts';
import type { Mesh } from '../harness/mesh.ts';
import { say } from '../harness/say.ts';
import { by, COLOR, HOST, planText } from '../harness/shop.ts';
import { ROOT } from '../parts/parts.ts';

const MY_SERVICE = 'my-service.shop.svc.cluster.local';

const ROUTE = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name: `tinct.${HOST}`, namespace: 'shop' },
};
const RULE = {
  ...ROUTE,
  kind: 'DestinationRule',
  metadata: { name: 'tinct-my-service', namespace: 'shop' },
};

t.test('objects of its own: written, compared, kept from others, removed', async (t) => {
  const shop = await startLiveShop(t);
  const { istio, mesh, gateway } = shop;

  const before = await istio('diff');
  t.equal(before.status, 1, before.err);
  t.match(before.out, 'VirtualService shop/tinct.shop.example is created');
  const dry = await istio('apply', '--dry-run');
  t.match(dry, { status: 0, out: /3 created; not written: a dry run/ });
  t.equal(await live(shop, ROUTE), undefined, 'a dry run writes nothing');

  const first = await istio('apply', ...WAIT);
  t.match(first, { status: 0, out: /3 created; written/ }, first.err);
  const v2 = by(undefined, { [COLOR]: 'v2' });
  await mesh.waitRoute('v2', gateway.url, v2, ({ version }) => version === 'v2');
  t.match(await istio('apply'), { status: 0, out: /nothing to change/ });
  t.match(await istio('diff'), { status: 0, out: 'No difference.\n' });

  t.match(await istio('status'), {
    status: 0,
    out: /VirtualService .* there +written at revision 1 +by tinct/,
  });

  const load = loadOf(shop);
  const generation = (await live(shop, ROUTE))?.metadata['generation'];
  shop.plan(planText({ revision: 2, rules: ['{ percent: 50, variant: v2 }'] }));
  t.match(
    await istio('apply'),
    { status: 0, out: /nothing to change/ },
    'a percentage moves no route',
  );
  t.equal((await live(shop, ROUTE))?.metadata['generation'], generation);

  const three = planText({ revision: 3 }).replace(
    'v2: { version: v2 } }',
    'v2: { version: v2 }, v3: { version: v3 } }',
  );
  shop.plan(three);
  const widened = await istio('apply', ...WAIT);
  t.match(widened, { status: 0, out: /3 changed; written/ }, widened.err);
  shop.plan(planText({ revision: 4 }));
  t.match(await istio('apply', ...WAIT), { status: 0, out: /3 changed; written/ });
  const requests = await load.endUnharmed(t);
  say(t, `apply: ${requests} requests, none failed or wrongly versioned`);

  await t.test('attack: a field of another manager is not taken', async (t) => {
    const rule = (await live(shop, RULE)) as KubeObject;
    const { managedFields: _fields, resourceVersion: _version, ...metadata } = rule.metadata;
    const theirs = {
      ...(rule['spec'] as object),
      subsets: [{ name: 'v1', labels: { version: 'v9' } }],
    };
    await mesh.apply([{ ...rule, metadata, spec: theirs }], { manager: 'somebody' });
    const refused = await istio('apply');
    t.equal(refused.status, 4);
    t.match(refused.err, 'TINCT_KUBE_CONFLICT');
    t.match(refused.err, '`.spec.subsets` belongs to `somebody`');
    t.match(await istio('status'), { status: 1, out: /DestinationRule .* taken .* somebody/ });
    t.strictSame((await live(shop, RULE))?.['spec'], theirs, 'and stays as they wrote it');
    await mesh.api.kube.remove([RULE]);
    t.match(await istio('apply'), { status: 0, out: /1 created/ });
  });

  await t.test('a hand-written route for the same requests is not competed with', async (t) => {
    const theirs = { ...ROUTE, metadata: { name: 'web', namespace: 'shop' } };
    const route = { route: [{ destination: { host: MY_SERVICE } }] };
    await mesh.apply([
      { ...theirs, spec: { hosts: [HOST], gateways: [gateway.ref], http: [route] } },
    ]);
    const refused = await istio('apply');
    t.equal(refused.status, 4);
    t.match(refused.err, 'TINCT_KUBE_FOREIGN');
    t.match(refused.err, 'VirtualService shop/web speaks of the same requests');
    t.match(await istio('status'), {
      status: 1,
      out: /of others.*\n +VirtualService shop\/web +mesh-test/,
    });
    await mesh.api.kube.remove([theirs]);
  });

  const gone = await istio('delete', ...WAIT);
  t.match(gone, { status: 0, out: /3 deleted; written/ }, gone.err);
  t.equal(await live(shop, ROUTE), undefined);
  t.equal(await live(shop, RULE), undefined);
  t.match(await istio('delete'), { status: 0, out: /nothing to change/ });
  t.equal(await mesh.istiod.xdsRejects(), 0);
});

t.test('the rights of the page are enough, and no more', async (t) => {
  const shop = await startLiveShop(t);
  const { mesh } = shop;
  const rights = objectsOf(readFileSync(join(ROOT, 'deploy/rbac/apply.yaml'), 'utf8'));
  await mesh.apply(rights);
  const kubeconfig = accountConfig(mesh, await tokenOf(mesh));
  const as = (...args: readonly string[]) => shop.as(kubeconfig, ...args);
  for (const args of [['apply', '--adopt', ...WAIT], ['status'], ['diff']])
    t.match(await as(...args), { status: 0 }, args.join(' '));
  const account = new Kube({
    server: mesh.api.server,
    ca: mesh.api.ca,
    token: await tokenOf(mesh),
  });
  const routes = '/apis/networking.istio.io/v1';
  const again = `${routes}/namespaces/shop/virtualservices/${ROUTE.metadata.name}`;
  t.equal((await account.ask('GET', again)).status, 200, 'what changed meanwhile is read again');
  for (const path of [
    ...['/api/v1/namespaces/shop/secrets', '/api/v1/pods', `${routes}/virtualservices`],
    ...[`${routes}/namespaces/istio-system/virtualservices`, `${routes}/namespaces/shop/gateways`],
  ])
    t.equal((await account.ask('GET', path)).status, 403, path);
  account.close();

  const role = rights.find(({ kind }) => kind === 'Role') as KubeObject;
  const fewer = JSON.stringify(role['rules']).replaceAll('"patch",', '');
  await mesh.api.kube.replace({ ...(await mesh.api.kube.get(role)), rules: JSON.parse(fewer) });
  const refused = await as('status');
  t.equal(refused.status, 4);
  t.match(refused.err, 'TINCT_KUBE_FORBIDDEN');
  t.match(refused.err, '`system:serviceaccount:shop:tinct-deployer` may not patch');
  t.match(refused.err, /resources: \[\w+\], verbs: \[patch\]/);
});

async function tokenOf({ api }: Mesh): Promise<string> {
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
  const path = '/api/v1/namespaces/shop/serviceaccounts/tinct-deployer/token';
  const answer = (await api.kube.call('POST', path, request)) as { status: { token: string } };
  return answer.status.token;
}

/** The administrator's kubeconfig with another token. */
function accountConfig({ api, folder }: Mesh, token: string): string {
  const config = JSON.parse(readFileSync(api.kubeconfig, 'utf8'));
  const file = join(folder, 'account.json');
  writeFileSync(file, JSON.stringify({ ...config, users: [{ name: 'admin', user: { token } }] }));
  return file;
}
