/**
 * Writes the documents that are made from the code. With `--check` it writes nothing, names the
 * ones that are out of date and exits 1.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { planJsonSchema } from '../packages/core/src/plan/schema.ts';
import { errorsPage } from './docs/errors-page.ts';
import { lintPage } from './docs/lint-page.ts';
import { metricsPage } from './docs/metrics-page.ts';
import { planPage } from './docs/plan-page.ts';
import { extAuthzPage, proxyPage } from './docs/proxy-page.ts';

const root = join(import.meta.dirname, '..');
const schema = planJsonSchema();
const documents = {
  'docs/errors.md': errorsPage(),
  'docs/reference/ext-authz.md': extAuthzPage(),
  'docs/istio-lint.md': lintPage(),
  'docs/metrics.md': metricsPage(),
  'docs/reference/plan.md': planPage(schema),
  'docs/reference/proxy.md': proxyPage(),
  'packages/core/schema/plan.schema.json': `${JSON.stringify(schema, null, 2)}\n`,
};

function current(file: string): string | undefined {
  try {
    return readFileSync(join(root, file), 'utf8');
  } catch {
    return undefined;
  }
}

for (const [file, text] of Object.entries(documents)) {
  if (current(file) === text) continue;
  if (process.argv.includes('--check')) {
    process.stdout.write(`${file} is out of date: run \`pnpm docs:generate\`\n`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
    process.stdout.write(`${file} written\n`);
  }
}
