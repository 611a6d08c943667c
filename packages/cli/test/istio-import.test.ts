import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { golden, project } from './world.ts';

t.test('the two documents that everybody begins with become a plan', async (t) => {
  const shop = project();
  const { status, stdout, stderr } = await shop.tinct(['istio', 'import', 'istio.yaml']);
  t.equal(status, 0);
  golden(t, 'istio-import', stdout);
  golden(t, 'istio-import.err', stderr);
  shop.write('imported.yaml', stdout);
  const checked = await shop.tinct(['validate', '--strict', 'imported.yaml']);
  t.strictSame(checked.status, 0, checked.stdout);
  const who = async (id: string) =>
    (await shop.tinct(['explain', 'imported.yaml', '-H', `user-id: ${id}`, '-o', 'json'])).stdout;
  t.match(await who('123'), '"variant": "v2"');
  t.match(await who('124'), '"variant": "v1"');
});

t.test('a folder is read with all that is below it', async (t) => {
  const shop = project();
  mkdirSync(join(shop.dir, 'k8s/shop'), { recursive: true });
  const [rule = '', service = ''] = shop.read('istio.yaml').split('---\n');
  shop.write('k8s/shop/rule.yaml', rule);
  shop.write('k8s/service.yml', service);
  shop.write('k8s/notes.txt', '{{');
  const { status, stdout } = await shop.tinct(['istio', 'import', 'k8s', '-n', 'shop']);
  t.equal(status, 0);
  t.match(stdout, 'host: my-service.shop.svc.cluster.local');
  t.match(stdout, '# k8s/service.yml:9');
});

t.test('--out makes a new file and overwrites none', async (t) => {
  const shop = project();
  const argv = ['istio', 'import', '--trust', 'anyone', '--out', 'new.yaml', 'istio.yaml'];
  t.strictSame(await shop.tinct(argv), { status: 0, stdout: '', stderr: '' });
  t.match(shop.read('new.yaml'), 'users: [ "123" ]');
  const again = await shop.tinct(argv);
  t.equal(again.status, 4);
  t.match(again.stderr, 'TINCT_CLI_EXISTS');
});

t.test('what cannot be imported is said, and nothing is written', async (t) => {
  const shop = project();
  const run = (text: string, ...more: string[]) =>
    shop.tinct(['istio', 'import', '-', ...more], { stdin: text });
  const nothing = await run('kind: Service\napiVersion: v1\n');
  t.strictSame([nothing.status, nothing.stdout], [1, '']);
  t.match(nothing.stderr, 'TINCT_IMPORT_NOTHING');
  const broken = await run(`${shop.read('istio.yaml')}---\na: [\n`);
  t.strictSame([broken.status, broken.stdout], [1, '']);
  t.match(broken.stderr, /^\(stdin\):\d+:\d+ error TINCT_MANIFEST_SYNTAX/);
  const strict = await run(shop.read('istio.yaml'), '--strict');
  t.strictSame([strict.status, strict.stdout], [1, '']);
  const missing = await shop.tinct(['istio', 'import', 'none.yaml']);
  t.equal(missing.status, 4);
});
