import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { golden, project } from './world.ts';

const LINT = ['istio', 'lint', 'routes.yaml', '--plan', 'mesh-plan.yaml'];

t.test('findings have file, line, column, level, code and a hint', async (t) => {
  const { status, stdout, stderr } = await project().tinct(LINT);
  t.strictSame({ status, stderr }, { status: 1, stderr: '' });
  golden(t, 'istio-lint', stdout);
});

t.test('without a plan, routes alone are looked at', async (t) => {
  const shop = project();
  t.strictSame(await shop.tinct(['istio', 'lint', 'routes.yaml']), {
    status: 0,
    stdout: '2 objects in 1 file: fine\n',
    stderr: '',
  });
});

t.test('json has the findings and a summary', async (t) => {
  const { status, stdout } = await project().tinct([...LINT, '-o', 'json']);
  const { findings, summary } = JSON.parse(stdout);
  t.equal(status, 1);
  t.strictSame(summary, { files: 1, objects: 2, errors: 2, warnings: 0 });
  t.match(findings[0], { code: 'TINCT_LINT_RELEASE_MISROUTED', file: 'routes.yaml', line: 7 });
});

t.test('sarif names the tool, the rules and the places', async (t) => {
  const { stdout } = await project().tinct([...LINT, '-o', 'sarif']);
  const { version, runs } = JSON.parse(stdout);
  t.equal(version, '2.1.0');
  t.match(runs[0].tool.driver, { name: 'tinct', rules: [{ id: 'TINCT_LINT_RELEASE_MISROUTED' }] });
  t.match(runs[0].results[0].locations[0].physicalLocation, {
    artifactLocation: { uri: 'routes.yaml' },
    region: { startLine: 7, startColumn: 7 },
  });
});

t.test('warnings fail with --strict alone', async (t) => {
  const shop = project();
  shop.write(
    'w.yaml',
    'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: { name: a }\nspec: { host: a, subsets: [{ name: v1 }] }\n',
  );
  t.equal((await shop.tinct(['istio', 'lint', 'w.yaml'])).status, 0);
  const { status, stdout } = await shop.tinct(['istio', 'lint', 'w.yaml', '--strict']);
  t.equal(status, 1);
  t.match(stdout, '1 object in 1 file: 1 warning');
});

t.test('the folder is what is linted by default; a broken file hides no other', async (t) => {
  const shop = project();
  mkdirSync(join(shop.dir, 'k8s'));
  shop.write('k8s/a.yaml', 'a: [\n');
  shop.write('k8s/b.yaml', shop.read('routes.yaml'));
  const { status, stdout } = await shop.tinct(['istio', 'lint'], { cwd: join(shop.dir, 'k8s') });
  t.equal(status, 1);
  t.match(stdout, /^a\.yaml:\d+:\d+ error TINCT_MANIFEST_SYNTAX/);
  t.match(stdout, '2 objects in 2 files: 1 error');
});

t.test('a plan with mistakes is refused, and so is what cannot be read', async (t) => {
  const shop = project();
  shop.write('bad.yaml', 'kind: Plan\n');
  t.equal((await shop.tinct(['istio', 'lint', 'routes.yaml', '-p', 'bad.yaml'])).status, 1);
  t.equal((await shop.tinct(['istio', 'lint', 'none.yaml'])).status, 4);
});
