import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
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

function writeIn(folder: string, file: string, text: string): void {
  mkdirSync(join(shop.dir, folder), { recursive: true });
  shop.write(`${folder}/${file}`, text);
}

const into = (...more: readonly string[]) => shop.tinct(['istio', 'generate', ...more]);

t.test('istio generate --into and istio remove leave what people wrote as it was', async (t) => {
  const one = ['--into', 'web.yaml', '--release', 'my-service'];
  const { status, stdout, stderr } = await into(...one);
  t.equal(status, 0);
  t.match(stderr, /^web\.yaml:13:7 warning TINCT_ISTIO_UNPINNED/);
  const lines = (text: string) => text.split('\n');
  const added = new Set(lines(stdout));
  t.strictSame(
    lines(shop.read('web.yaml')).filter((line) => !added.has(line)),
    [],
    'every line is still there',
  );
  t.match(stdout, 'name: tinct/my-service/v2');
  shop.write('twice.yaml', stdout);
  t.equal((await into('--into', 'twice.yaml', '--release', 'my-service')).stdout, stdout);
  const back = await shop.tinct(['istio', 'remove', 'my-service', '--from', 'twice.yaml']);
  t.strictSame({ ...back, stderr: '' }, { status: 0, stderr: '', stdout: shop.read('web.yaml') });
  const none = await shop.tinct(['istio', 'remove', 'checkout', '--from', 'twice.yaml']);
  t.strictSame([none.status, none.stdout], [0, stdout]);
  t.match(none.stderr, 'twice.yaml: nothing of `checkout` here');
});

t.test('istio generate --into a folder adds what the routes need', async (t) => {
  shop.write('virtual-service.yaml', shop.read('web.yaml').split('---')[0] ?? '');
  const alone = await into('--into', 'virtual-service.yaml', '--release', 'my-service');
  t.match(
    alone.stderr,
    /TINCT_ISTIO_NEEDED the routes need DestinationRule shop\/tinct-my-service/,
  );
  const { status } = await into('--into', 'virtual-service.yaml', '-r', 'my-service', '-o', 'out');
  t.equal(status, 0);
  t.match(
    shop.read('out/kustomization.yaml'),
    '  - shop.tinct-my-service.destinationrule.yaml\n  - virtual-service.yaml\n',
  );
  const aborted = await into('--into', 'virtual-service.yaml', '--abort', 'my-service');
  t.notMatch(aborted.stdout, 'x-tinct-my-service', 'no color counts');
});

t.test('istio generate --into refuses what it cannot do', async (t) => {
  const nothing = await into('--into', 'web.yaml', '--release', 'checkout');
  t.strictSame([nothing.status, nothing.stdout], [1, '']);
  t.match(nothing.stderr, /TINCT_ISTIO_NOTHING no route leads to a service of `checkout`/);
  const two = await into('--into', 'web.yaml', '--into', 'istio.yaml');
  t.strictSame([two.status, two.stdout], [2, '']);
  t.match(two.stderr, /several files need a folder/);
  const from = await shop.tinct(['istio', 'remove', 'my-service']);
  t.match(from.stderr, /--from is missing/);
});

t.test('istio promote changes the plan and the routes, and says the order', async (t) => {
  const running = await shop.tinct(['istio', 'promote', 'my-service']);
  t.strictSame([running.status, running.stdout], [1, '']);
  t.match(running.stderr, /TINCT_PLAN_STATE `my-service` is running/);

  const before = shop.read('plan.yaml');
  const dry = await shop.tinct(['istio', 'promote', 'banner', '--dry-run']);
  t.equal(dry.status, 0);
  t.equal(shop.read('plan.yaml'), before);

  const { status, stdout, stderr } = await shop.tinct(['istio', 'promote', 'banner']);
  t.strictSame([status, stdout], [0, dry.stdout]);
  t.match(shop.read('plan.yaml'), /winner: v2\n {4}stable: v2\n/);
  t.match(stderr, /Nobody moves\./);
  t.match(stderr, '\n1. apply VirtualService shop/tinct-banner\n');
  t.match(stdout, /name: tinct\/banner\n {6}route:\n.*\n.*\n {12}subset: v2\n/);

  const again = await shop.tinct(['istio', 'promote', 'banner']);
  t.strictSame([again.status, again.stdout], [0, '']);
  t.match(again.stderr, 'nothing to change');
});

t.test('istio generate --into never writes two files into one', async (t) => {
  for (const folder of ['a', 'b']) writeIn(folder, 'routes.yaml', shop.read('web.yaml'));
  const two = ['--into', 'a/routes.yaml', '--into', 'b/routes.yaml', '-r', 'my-service'];
  const { status, stderr } = await into(...two, '-o', 'joined');
  t.equal(status, 2);
  t.match(stderr, /a\/routes\.yaml and b\/routes\.yaml would both become `routes\.yaml`/);
  t.notOk(existsSync(join(shop.dir, 'joined')), 'nothing is written');
});

t.test('a kustomization.yaml that people wrote stays as it is', async (t) => {
  const theirs = '# ours\nnamespace: shop\nresources: [virtual-service.yaml, deployment.yaml]\n';
  writeIn('kept', 'virtual-service.yaml', shop.read('virtual-service.yaml'));
  writeIn('kept', 'kustomization.yaml', theirs);
  const from = 'kept/virtual-service.yaml';
  const { status, stderr } = await into('--into', from, '-r', 'my-service', '-o', 'kept');
  t.equal(status, 0);
  t.equal(shop.read('kept/kustomization.yaml'), theirs);
  t.match(
    stderr,
    'kept/kustomization.yaml stays as it is: add `shop.tinct-my-service.destinationrule.yaml` to its resources\n',
  );
  await shop.tinct(['istio', 'remove', 'my-service', '--from', from, '-o', 'kept']);
  t.equal(shop.read(from), shop.read('virtual-service.yaml'));
  t.equal(shop.read('kept/kustomization.yaml'), theirs);
});

t.test('a kustomization.yaml of an earlier run grows with the plan', async (t) => {
  const whole = shop.read('out/kustomization.yaml');
  const before = whole.replace(/ .*rule.*\n/, '');
  t.not(before, whole);
  writeIn('grown', 'kustomization.yaml', before);
  await into('--into', 'virtual-service.yaml', '-r', 'my-service', '-o', 'grown');
  t.equal(shop.read('grown/kustomization.yaml'), whole);
});

t.test('istio generate --into takes files that name no namespace', async (t) => {
  const text = shop
    .read('virtual-service.yaml')
    .replace(/^ *namespace: shop\n/m, '')
    .replaceAll('my-service.shop.svc.cluster.local', 'my-service');
  t.notMatch(text, 'namespace');
  shop.write('bare.yaml', text);
  t.equal((await into('--into', 'bare.yaml', '-r', 'my-service')).status, 1);
  const { status, stdout } = await into('--into', 'bare.yaml', '-r', 'my-service', '-n', 'shop');
  t.equal(status, 0);
  t.match(stdout, 'name: tinct/my-service/v2');
  t.notMatch(stdout, 'namespace', 'none is written');
  shop.write('bare-with-release.yaml', stdout);
  const back = await shop.tinct([
    'istio',
    'remove',
    'my-service',
    '--from',
    'bare-with-release.yaml',
  ]);
  t.equal(back.stdout, text);
});

t.test('istio generate --beside refuses what order would spoil', async (t) => {
  const mesh = ['--for', 'mesh', '--release', 'my-service', '--beside'];
  shop.write(
    'mesh.yaml',
    shop
      .read('web.yaml')
      .replaceAll('shop.example', 'my-service')
      .replace('[istio-system/edge]', '[mesh]'),
  );
  const { status, stdout, stderr } = await into(...mesh, 'mesh.yaml');
  t.strictSame([status, stdout], [1, '']);
  t.match(
    stderr,
    /^mesh\.yaml:\d+:\d+ error TINCT_ISTIO_BESIDE VirtualService shop\/web is for the same requests/,
  );
  t.equal(
    (await into(...mesh, 'web.yaml')).status,
    0,
    'a gateway’s routes are no calls within the mesh',
  );
});
