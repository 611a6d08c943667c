/** `tinct istio apply --adopt` into a VirtualService and a DestinationRule that people wrote, while requests go through them. */
import t from 'tap';
import { ask } from '../harness/ask.ts';
import { type KubeObject, objectsOf } from '../harness/kube.ts';
import { asking, live, loadOf, startLiveShop, WAIT } from '../harness/live-shop.ts';
import { say } from '../harness/say.ts';
import { colored, planText } from '../harness/shop.ts';
import { HTTP_ROUTE, TEAM, theirs } from '../harness/their-routes.ts';

const GATEWAY = ['--for', 'gateway'];

interface Managed {
  readonly manager: string;
  readonly operation: string;
  readonly fieldsV1: object;
  readonly subresource?: string;
}

/** Who owns which fields of what people write. The status is istiod's, which writes it whenever it likes. */
const ownersOf = (object: KubeObject | undefined) =>
  ((object?.metadata['managedFields'] ?? []) as Managed[])
    .filter(({ subresource }) => subresource === undefined)
    .map(({ manager, operation, fieldsV1 }) => ({ manager, operation, fieldsV1 }));

/** What people see of an object, and who owns it. */
const seen = (object: KubeObject | undefined) => ({
  spec: object?.['spec'],
  annotations: object?.metadata['annotations'],
  labels: object?.metadata['labels'],
  owners: ownersOf(object),
});

const urlOf = ({ metadata: { name } }: KubeObject) =>
  `/apis/networking.istio.io/v1/namespaces/shop/virtualservices/${name}`;

t.test('adopted under load, kept up, and given back as it was', async (t) => {
  const shop = await startLiveShop(t);
  const { istio, mesh, gateway } = shop;
  const { kube } = mesh.api;
  const [route, rule] = theirs(gateway.ref);
  await kube.apply([rule, route], { manager: TEAM });
  await mesh.waitRoute('v1', gateway.url, colored('v2'), ({ version }) => version === 'v1');
  const before = [await live(shop, route), await live(shop, rule)];

  const refused = await istio('apply', ...GATEWAY);
  t.match(refused, {
    status: 4,
    err: /TINCT_KUBE_FOREIGN[\s\S]*VirtualService shop\/web[\s\S]*--adopt/,
  });
  const dry = await istio('apply', ...GATEWAY, '--adopt', '--dry-run');
  t.match(dry, {
    status: 0,
    out: /\+ +- headers:[\s\S]*adopted from platform-team[\s\S]*a dry run/,
  });
  t.match(await istio('diff', ...GATEWAY, '--adopt'), { status: 1, out: /\+ +subset: v2/ });
  t.strictSame([await live(shop, route), await live(shop, rule)], before, 'nothing was written');

  const uncolored = loadOf(shop, [undefined, 'v1']);
  const done = await istio('apply', ...GATEWAY, '--adopt', ...asking(gateway));
  t.match(done, { status: 0, out: /2 changed; written/, err: /1 of 1 objects seen/ }, done.err);
  t.equal((await ask(gateway.url, colored('v2'))).version, 'v2', 'the Envoy had it when it ended');
  say(t, `adopt: ${await uncolored.endUnharmed(t)} requests, none failed or wrongly versioned`);
  t.match(await istio('status', ...GATEWAY), {
    status: 0,
    out: /VirtualService shop\/web +there +adopted from platform-team/,
  });
  const adopted = await live(shop, route);
  t.match(await istio('apply', ...GATEWAY), { status: 0, out: /nothing to change/ });
  t.strictSame(await live(shop, route), adopted, 'twice is once');

  const load = loadOf(shop);
  await t.test('others go on: their fields stay theirs, their change is followed', async (t) => {
    const query = `?fieldManager=${TEAM}`;
    const again = await kube.ask(
      'PATCH',
      urlOf(route) + query,
      route,
      'application/apply-patch+yaml',
    );
    t.match(
      again,
      { status: 409, body: { message: /conflict with "tinct"/ } },
      'nobody is overwritten',
    );
    const policy = { connectionPool: { tcp: { maxConnections: 600 } } };
    const { host } = rule['spec'] as { host: string };
    await kube.apply([{ ...rule, spec: { host, trafficPolicy: policy } }], { manager: TEAM });
    const now = (await live(shop, route)) as KubeObject;
    const spec = now['spec'] as { http: { name?: string; timeout?: string }[] };
    const http = spec.http.map((one) => (one.name === 'all' ? { ...one, timeout: '8s' } : one));
    await kube.replace({ ...now, spec: { ...spec, http, exportTo: ['*'] } });
    t.match(await istio('status', ...GATEWAY), { status: 1, out: /shop\/web +drifted/ });
    t.match(await istio('apply', ...GATEWAY, ...WAIT), { status: 0, out: /1 changed/ });
    const after = (await live(shop, route))?.['spec'] as typeof spec;
    t.strictSame(
      after.http.map(({ timeout }) => timeout),
      [undefined, '8s', '8s', '8s'],
    );
  });

  say(t, `kept up: ${await load.endUnharmed(t)} requests, none failed or wrongly versioned`);
  const leaving = loadOf(shop, [undefined, 'v1']);
  const gone = await istio('delete', ...GATEWAY, ...WAIT);
  t.match(gone, { status: 0, out: /2 changed; written/ }, gone.err);
  say(t, `given back: ${await leaving.endUnharmed(t)} requests, none failed or wrongly versioned`);
  const [web, subsets] = [seen(await live(shop, route)), seen(await live(shop, rule))];
  const [webBefore, subsetsBefore] = before.map(seen);
  const { http: theirHttp, ...theirSpec } = route['spec'] as { http: object[] };
  const http = theirHttp.map((one, i) => (i === 1 ? { ...one, timeout: '8s' } : one));
  t.strictSame(web.spec, { ...theirSpec, exportTo: ['*'], http }, 'their change, and nothing else');
  t.strictSame(web.annotations, webBefore?.annotations);
  const owned = web.owners.filter(({ manager }) => manager === TEAM);
  t.strictSame(owned, webBefore?.owners, 'and the team owns the routes as before');
  const trafficPolicy = { connectionPool: { tcp: { maxConnections: 600 } } };
  const subsetsSpec = { ...(rule['spec'] as object), trafficPolicy };
  t.strictSame(subsets, { ...subsetsBefore, spec: subsetsSpec });
  t.equal(await mesh.istiod.xdsRejects(), 0);

  await t.test('untouched in between, it is the same to the last field', async (t) => {
    await kube.remove([route, rule]);
    await kube.apply([rule, route], { manager: TEAM });
    const fresh = [await live(shop, route), await live(shop, rule)].map(seen);
    const fast = ['--settle', '0s'];
    t.match(await istio('apply', ...GATEWAY, '--adopt', ...fast), { status: 0 });
    t.notSame([await live(shop, route), await live(shop, rule)].map(seen), fresh);
    t.match(await istio('delete', ...GATEWAY, ...fast), { status: 0 });
    t.strictSame([await live(shop, route), await live(shop, rule)].map(seen), fresh);
    t.match(await istio('delete', ...GATEWAY), { status: 0, out: /nothing to change/ });
  });

  await t.test('an HTTPRoute, with all that the server fills in', async (t) => {
    const service = 'port: 80\n        selector: { app: my-service }';
    shop.plan(planText({ service }));
    const api = [...GATEWAY, '--target', 'gateway-api', '--carrier', 'header', '--settle', '0s'];
    await kube.apply([HTTP_ROUTE], { manager: TEAM });
    const fresh = seen(await live(shop, HTTP_ROUTE));
    t.match(await istio('apply', ...api), { status: 4, err: /HTTPRoute shop\/site/ });
    const done = await istio('apply', ...api, '--adopt');
    t.match(done, { status: 0, out: /2 created, 1 changed/ }, done.err);
    const rules = { length: 4, 0: {}, 3: { backendRefs: [{ name: 'my-service-v2' }] } };
    t.match((await live(shop, HTTP_ROUTE))?.['spec'], { rules }, 'two colors behind their two');
    t.match(await istio('apply', ...api), { status: 0, out: /nothing to change/ }, 'twice is once');
    t.match(await istio('delete', ...api), { status: 0 });
    t.strictSame(seen(await live(shop, HTTP_ROUTE)), fresh);
    shop.plan();
  });

  await t.test('what Argo CD keeps is edited in Git', async (t) => {
    const annotations = {
      'argocd.argoproj.io/tracking-id': 'shop:networking.istio.io/VirtualService:shop/web',
    };
    await kube.apply([{ ...route, metadata: { ...route.metadata, annotations } }], {
      manager: TEAM,
    });
    const kept = [await live(shop, route), await live(shop, rule)];
    const tracked = await istio('apply', ...GATEWAY, '--adopt');
    t.match(tracked, {
      status: 4,
      err: /TINCT_KUBE_TRACKED.*shop\/web is kept by Argo CD[\s\S]*edit in Git/,
    });
    t.strictSame([await live(shop, route), await live(shop, rule)], kept, 'nothing was written');
    const [patch] = objectsOf(tracked.out);
    t.match(patch, { kind: 'VirtualService', metadata: { name: 'web' } });
    // As Git would roll it out.
    await kube.apply(
      [
        {
          ...route,
          ...patch,
          spec: { ...(route['spec'] as object), ...(patch?.['spec'] as object) },
        },
      ],
      { manager: TEAM },
    );
    const then = await istio('apply', ...GATEWAY, '--adopt', '--settle', '0s');
    t.match(then, {
      status: 0,
      out: /DestinationRule shop\/my-service +changed[\s\S]*shop\/web +unchanged/,
    });
  });
});
