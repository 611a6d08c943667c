import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { ROOT } from '../structure/source.ts';
import { showsWhatItAnswers } from './readme.ts';
import { runExample, textOf } from './running.ts';

const folder = mkdtempSync(join(tmpdir(), 'tinct-fastify-decide-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const plan = join(folder, 'plan.yaml');
copyFileSync(join(ROOT, 'examples/fastify-decide/plan.yaml'), plan);

function abort(): void {
  const text = readFileSync(plan, 'utf8').replace('revision: 1', 'revision: 2');
  writeFileSync(`${plan}.next`, text.replace('greeting:\n', 'greeting:\n    state: aborted\n'));
  renameSync(`${plan}.next`, plan);
}

t.test('examples/fastify-decide: sticky without an edge, and taken back at once', async (t) => {
  const { line } = runExample(t, 'fastify-decide/main.ts', { env: { PLAN: plan } });
  const url = await line();
  await showsWhatItAnswers(t, 'fastify-decide', url);
  const pages = await Promise.all(
    Array.from({ length: 40 }, (_, i) => textOf(url, { 'user-id': `user-${i}` })),
  );
  const canaries = pages.filter((page) => page.includes('"v2"')).length;
  t.ok(canaries > 5 && canaries < 35, `${canaries} of 40 at 50 %`);
  abort();
  while (!(await textOf(url, { 'user-id': '123' })).includes('"reason":"DISABLED"'));
});
