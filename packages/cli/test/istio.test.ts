import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { project } from './world.ts';

const shop = project();

t.test('istio generate prints every document, subsets before routes', async (t) => {
  const { status, stdout, stderr } = await shop.tinct(['istio', 'generate', 'plan.yaml']);
  t.strictSame({ status, stderr }, { status: 0, stderr: '' });
  const kinds = [...stdout.matchAll(/^kind: (.*)$/gm)].map(([, kind]) => kind);
  t.strictSame(kinds, [...Array(4).fill('DestinationRule'), ...Array(4).fill('VirtualService')]);
});

t.test('istio generate writes a folder, and writes nothing twice', async (t) => {
  const run = () => shop.tinct(['istio', 'generate', '-o', 'deep/routes']);
  const first = await run();
  t.strictSame([first.status, first.stdout], [0, '']);
  t.match(first.stderr, 'deep/routes: 9 files, 9 of them changed\n');
  t.equal(readdirSync(join(shop.dir, 'deep/routes')).length, 9);
  shop.write('deep/routes/old.yaml', '');
  shop.write('deep/routes/kustomization.yaml', 'resources: []\n');
  t.equal(
    (await run()).stderr,
    'deep/routes: 9 files, 1 of them changed\ndeep/routes/old.yaml is not of this plan: remove it if it is left over\n',
  );
  t.ok(existsSync(join(shop.dir, 'deep/routes/old.yaml')), 'it is the user who removes');
  rmSync(join(shop.dir, 'deep'), { recursive: true });
});

t.test('istio generate refuses what the mesh cannot do, with its place in the plan', async (t) => {
  const plan = shop.read('plan.yaml').replace('banner.shop.svc.cluster.local', 'banner');
  const { status, stdout, stderr } = await shop.tinct(['istio', 'generate', '-'], { stdin: plan });
  t.strictSame({ status, stdout }, { status: 1, stdout: '' });
  t.match(
    stderr,
    /^\(stdin\):\d+:9 error TINCT_ISTIO_NAMESPACE_MISSING `banner` names no namespace/,
  );
  const gateways = await shop.tinct(['istio', 'generate', '--for', 'gateway']);
  t.match(gateways.stderr, /^plan\.yaml:4:1 error TINCT_ISTIO_GATEWAY_MISSING/);
});

t.test('istio generate says where it cannot write', async (t) => {
  const { status, stderr } = await shop.tinct(['istio', 'generate', '-o', 'plan.yaml']);
  t.equal(status, 4);
  t.match(stderr, /TINCT_CLI_UNWRITABLE plan\.yaml: this folder cannot be made/);
});
