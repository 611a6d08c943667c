/** `tinct istio promote --apply`: in routes that were adopted and in Tinct's own, while requests go through them. */
import t from 'tap';
import { asking, live, loadOf, startLiveShop, WAIT } from '../harness/live-shop.ts';
import { failed } from '../harness/load.ts';
import { say } from '../harness/say.ts';
import { by, colored } from '../harness/shop.ts';
import { HOST_NAME, TEAM, theirs } from '../harness/their-routes.ts';

const UNCOLORED = by();
const LEASE = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'tinct-shop', namespace: 'shop' },
};

t.test(
  'promoted under load: in what was adopted and in Tinct’s own, also after a run that died',
  async (t) => {
    const shop = await startLiveShop(t);
    const { istio, mesh, gateway } = shop;
    const { kube } = mesh.api;
    const [route, rule] = theirs(gateway.ref);
    await kube.apply([rule, route], { manager: TEAM });
    t.match(await istio('apply', '--adopt', ...WAIT), { status: 0, out: /1 created, 2 changed/ });
    await mesh.waitRoute('v2', gateway.url, colored('v2'), ({ version }) => version === 'v2');
    t.match(await istio('promote', 'my-service', '--apply'), {
      status: 1,
      err: /TINCT_PLAN_STATE/,
    });
    shop.plan(
      shop.text().replace('stable: v1', 'state: completed\n    winner: v2\n    stable: v1'),
    );

    const [decided, others] = [loadOf(shop, ['v1', 'v2']), loadOf(shop, [undefined])];
    const dry = await istio('promote', 'my-service', '--apply', '--dry-run');
    t.match(dry, { status: 0, out: /- +subset: v1\n.*\+ +subset: v2[\s\S]*a dry run/ }, dry.err);
    const plan = shop.text();
    const dying = shop.start('promote', 'my-service', '--apply', '--wait', '--settle', '120s');
    const isV2 = ({ version }: { version: string | undefined }) => version === 'v2';
    await mesh.waitRoute('without a color v2', gateway.url, UNCOLORED, isV2);
    await dying.stop();
    t.equal(shop.text(), plan, 'the plan comes last');
    // Otherwise it holds the next run back for half a minute.
    await kube.remove([LEASE]);
    const again = await istio('promote', 'my-service', '--apply', ...asking(gateway));
    t.match(again, { status: 0, err: /plan\.yaml written/ }, again.err);
    t.match(shop.text(), 'stable: v2');
    t.match(await istio('promote', 'my-service', '--apply'), {
      status: 0,
      out: /nothing to change/,
    });
    t.match(await istio('status'), { status: 0 });

    const count = await decided.endUnharmed(t);
    const shots = await others.end();
    t.strictSame(failed(shots), [], 'nor without a color');
    t.strictSame(
      [...new Set(shots.map(({ version }) => version))],
      ['v1', 'v2'],
      'once v1, then v2',
    );
    say(
      t,
      `promote: ${count + shots.length} requests, none failed; nobody’s decided version changed`,
    );

    t.match(await istio('delete', ...WAIT), { status: 0 });
    const [web, subsets] = [await live(shop, route), await live(shop, rule)];
    const [, all] = ((web?.['spec'] ?? {}) as { http: { route: unknown }[] }).http;
    t.strictSame(all?.route, [{ destination: { host: HOST_NAME, subset: 'v2' } }]);
    t.match(
      subsets?.['spec'],
      { subsets: [{ name: 'v2' }, { name: 'v1' }] },
      'which is theirs now',
    );
    await mesh.waitRoute('v2 still', gateway.url, UNCOLORED, isV2);
  },
);
