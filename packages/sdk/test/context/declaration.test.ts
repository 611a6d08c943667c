/** What `tinct types` writes: its bytes, and what the compiler makes of them. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatFinding, type Plan, parsePlan } from '@tinct/core';
import { declareReleases } from '@tinct/sdk';
import t from 'tap';

const PACKAGE = join(import.meta.dirname, '../..');
const GOLDEN = join(PACKAGE, 'testdata/types');
const SHOP = readFileSync(join(GOLDEN, 'shop.in.yaml'), 'utf8');

function planOf(text: string): Plan {
  const { plan, findings } = parsePlan(text);
  if (plan === undefined) throw new Error(findings.map(formatFinding).join('\n'));
  return plan;
}

t.test('a golden pair', async (t) => {
  const file = join(GOLDEN, 'shop.out.d.ts');
  const text = declareReleases([planOf(SHOP)]);
  if (process.env['TAP_SNAPSHOT'] === '1') writeFileSync(file, text);
  t.equal(text, readFileSync(file, 'utf8'));
});

t.test('what users feel of a release does not change a byte', async (t) => {
  const before = declareReleases([planOf(SHOP)]);
  const changed = SHOP.replace('percent: 5', 'percent: 50')
    .replace('revision: 12', 'revision: 13')
    .replace('    stable: v1\n', '    stable: v1\n    state: aborted\n');
  t.not(changed, SHOP);
  t.equal(declareReleases([planOf(changed)]), before);
});

t.test('several plans: the order is nothing, a release has the variants of all', async (t) => {
  const staging = planOf(`
apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: staging, revision: 1 }
releases:
  my-service:
    stable: v2
    services: { my-service: { host: x, subsets: { v2: { version: v2 }, v3: { version: v3 } } } }
`);
  const both = declareReleases([planOf(SHOP), staging]);
  t.match(both, "    'my-service': 'v1' | 'v2' | 'v3';\n");
  t.equal(declareReleases([staging, planOf(SHOP)]), both);
});

const ALL = `import { decision, isIn, variant } from '@tinct/sdk';
import { OnlyIn, TinctService, Variant } from '@tinct/sdk/nest';
import * as next from '@tinct/sdk/next';
const nest = new TinctService();
export const used = [decision, isIn, variant, OnlyIn, Variant, next, nest];
`;
const GOOD = [
  `const name: 'v1' | 'v2' | undefined = variant('my-service');`,
  `const name: 'v1' | 'v2' = variant('my-service', 'v1');`,
  `const name: 'blue' | 'green' | undefined = decision('checkout')?.variant;`,
  `const yes: boolean = isIn('2024-redesign', '10');`,
  `const name: 'v1' | 'v2' | undefined = await next.variant('my-service');`,
  `const name: 'v1' | 'v2' | undefined = nest.variant('my-service');`,
  `class Shop { hello(@Variant('my-service') name: string | undefined) { return name; } }`,
  `const guard = OnlyIn('my-service', 'v2');`,
];
/** All of them are fine where no plan is declared. */
const BAD = [
  `variant('my-servise');`,
  `variant('my-service', 'v3');`,
  `decision('my_service');`,
  `isIn('my-service', 'v3');`,
  `isIn('checkout', 'v2');`,
  `await next.variant('my-servise');`,
  `await next.isIn('my-service', 'blue');`,
  `nest.isIn('my-service', 'v3');`,
  `OnlyIn('my-service', 'v3');`,
  `class Shop { hello(@Variant('my-servise') name: string | undefined) { return name; } }`,
];
/** Nor is a variant compared with what it cannot be. */
const COMPARED = `if (variant('my-service') === 'v3') process.exit();`;

/** Compiles each snippet as a module of its own; answers with those that do not compile, and with what else is said. */
function refused(name: string, snippets: readonly string[], module: string, declared = true) {
  const folder = join(PACKAGE, '.cache/types', `${name}-${module}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  for (const [i, snippet] of snippets.entries()) write(`${i}.ts`, `${ALL}${snippet}\n`);
  if (declared) write('releases.d.ts', declareReleases([planOf(SHOP)]));
  const compilerOptions = {
    ...{ target: 'es2024', module, moduleResolution: module === 'preserve' ? 'bundler' : module },
    ...{ strict: true, experimentalDecorators: true, noEmit: true, skipLibCheck: true },
    ...{ allowImportingTsExtensions: true, types: ['node'] },
  };
  write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  const lines = compiled(folder)
    .split('\n')
    .filter((line) => /^\S/.test(line));
  const numbers = lines.map((line) => /^(\d+)\.ts\(/.exec(line)?.[1]);
  return {
    which: snippets.filter((_, i) => numbers.includes(`${i}`)),
    strange: lines.filter((_, i) => numbers[i] === undefined),
  };
}

/** What the compiler says. By way of `env`: the test runner's hooks break the compiler's command. */
function compiled(folder: string): string {
  const tsc = join(PACKAGE, '../../node_modules/.bin/tsc');
  const args = ['-u', 'NODE_OPTIONS', tsc, '-p', '.', '--pretty', 'false'];
  const { stdout, stderr } = spawnSync('env', args, { cwd: folder, encoding: 'utf8' });
  return stdout + stderr;
}

t.setTimeout(240_000);
const WRONG = [...BAD, COMPARED];
for (const module of ['nodenext', 'preserve'])
  t.test(`names of the plan compile, others do not, module: ${module}`, async (t) => {
    const found = refused('declared', [...GOOD, ...WRONG], module);
    t.strictSame(found, { which: WRONG, strange: [] });
  });

t.test('without a declaration any name compiles', async (t) => {
  t.strictSame(refused('undeclared', WRONG, 'nodenext', false), { which: [], strange: [] });
});
