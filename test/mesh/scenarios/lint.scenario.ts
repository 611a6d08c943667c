/** `tinct istio lint` beside `istioctl validate`: what Istio refuses, lint says, and of what lint calls fine Istio takes all. */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import t from 'tap';
import { lint, readManifests } from '../../../packages/istio-config/src/index.ts';
import { program, ROOT } from '../parts/parts.ts';

/** The codes that say that Istio's own validation refuses an object. */
const REFUSED: ReadonlySet<string> = new Set([
  'TINCT_LINT_REGEX',
  'TINCT_LINT_REGEX_LONG',
  'TINCT_LINT_MATCH_EMPTY',
  'TINCT_LINT_MATCH_MALFORMED',
  'TINCT_LINT_WEIGHTS_TOTAL',
  'TINCT_LINT_ROUTE_EMPTY',
  'TINCT_LINT_SUBSET_MALFORMED',
]);

const TESTDATA = join(ROOT, 'packages/istio-config/testdata');
const istioctl = (file: string) =>
  spawnSync(program('istioctl'), ['validate', '-f', file], { encoding: 'utf8' });

const broken = globSync(join(TESTDATA, 'lint/*.in.yaml')).sort();
const own = globSync(join(TESTDATA, '{filter,documents/istio*}/*.out.yaml')).sort();

t.test('each of the broken manifests is refused exactly if lint says so', async (t) => {
  t.ok(broken.length > 20, `${broken.length} files`);
  for (const file of broken) {
    const { manifests } = readManifests(readFileSync(file, 'utf8'));
    const isRefused = lint(manifests).some(({ code }) => REFUSED.has(code));
    const { status, stderr } = istioctl(file);
    t.equal(status !== 0, isRefused, `${basename(file)}: ${stderr}`);
  }
});

t.test('what the generator makes is taken', async (t) => {
  t.ok(own.length > 8, `${own.length} files`);
  for (const file of own) {
    const { status, stderr } = istioctl(file);
    t.equal(status, 0, `${basename(file)}: ${stderr}`);
  }
});
