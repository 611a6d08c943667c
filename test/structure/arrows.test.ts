import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { againstArrows, awaiting, circles, impurities, needs, PURE, reachable } from './rules.ts';
import { COMPUTED, PACKAGES, type PackageFolder, parseSource, ROOT, sources } from './source.ts';

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly peerDependenciesMeta?: Record<string, { readonly optional?: boolean }>;
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
const names = (dependencies: Record<string, string> | undefined): string[] =>
  Object.keys(dependencies ?? {}).sort();
const needsOf = (pattern: string): Set<string> => new Set(sources(pattern).flatMap(needs));

for (const folder of PACKAGES) {
  t.test(`packages/${folder}`, async (t) => {
    const src = sources(`packages/${folder}/src/**/*.ts`);
    t.not(src.length, 0, 'has sources');
    t.strictSame(
      src.flatMap((source) => againstArrows(source, folder)),
      [],
      'follows the arrows',
    );
    t.strictSame(src.flatMap(awaiting), [], 'can be required');
    const { dependencies, peerDependencies, peerDependenciesMeta } = manifestOf(
      `packages/${folder}`,
    );
    const peers = names(peerDependencies);
    t.strictSame(
      [...names(dependencies), ...peers].sort(),
      [...new Set(src.flatMap(needs))].sort(),
      'declares what it imports, and nothing else',
    );
    t.strictSame(
      peers.filter((name) => peerDependenciesMeta?.[name]?.optional !== true),
      [],
      'asks nobody to install a peer',
    );
    t.strictSame(
      reachable(src, `packages/${folder}/src/index.ts`)
        .flatMap(needs)
        .filter((name) => peers.includes(name)),
      [],
      'loads without its optional peers',
    );
  });

  t.test(`the tests of packages/${folder} declare what they import`, async (t) => {
    const manifest = manifestOf(`packages/${folder}`);
    const { dependencies, devDependencies, peerDependencies } = manifest;
    const everywhere = names(manifestOf('.').devDependencies);
    const known = [...names(dependencies), ...names(devDependencies), ...everywhere];
    const needed = needsOf(`packages/${folder}/test/**/*.ts`);
    t.strictSame([...needed].filter((name) => !known.includes(name)).sort(), []);
    const typed = [...names(dependencies), ...needed].map((name) => `@types/${name}`);
    // Sources import peers, and nobody else brings them here.
    const used = [...needed, ...typed, ...names(peerDependencies)];
    t.strictSame(
      names(devDependencies).filter((name) => !used.includes(name)),
      [],
    );
  });
}

for (const pattern of [...PACKAGES.map((folder) => `packages/${folder}/src`), 'bench', 'test/mesh'])
  t.test(`no import runs in a circle inside ${pattern}`, async (t) => {
    t.strictSame(circles(sources(`${pattern}/**/*.ts`)), []);
  });

for (const path of PURE) {
  t.test(`${path} is pure`, async (t) => {
    const pure = sources(path.endsWith('/') ? `${path}**/*.ts` : path);
    t.not(pure.length, 0, 'is there');
    t.strictSame(pure.flatMap(impurities), []);
  });
}

t.test('each arrow against the design is found', async (t) => {
  const arrow = (folder: PackageFolder, text: string) =>
    againstArrows(parseSource(`packages/${folder}/src/a/b.ts`, text), folder).length;
  t.equal(arrow('core', "import { x } from '@tinct/sdk';"), 1);
  t.equal(arrow('core', "import type { X } from 'tinct';"), 1);
  t.equal(arrow('sdk', "export * from '@tinct/proxy/deep';"), 1);
  t.equal(arrow('istio-config', "type X = import('@tinct/sdk').X;"), 1);
  t.equal(arrow('proxy', "const x = () => import('@tinct/istio-config');"), 1);
  t.equal(arrow('sdk', "import '../../../core/src/index.ts';"), 1);
  t.equal(arrow('core', "import type { Server } from 'http';"), 1);
  t.equal(arrow('cli', "import { x } from '@tinct/core'; import '../c.ts'; import 'yaml';"), 0);
});

t.test('what a file loads is found, through others too', async (t) => {
  const all = [
    parseSource('packages/sdk/src/index.ts', "export * from './a/b.ts';"),
    parseSource('packages/sdk/src/a/b.ts', "import '../c.ts';"),
    parseSource('packages/sdk/src/c.ts', "import 'fastify'; import './a/b.ts';"),
    parseSource('packages/sdk/src/d.ts', "import 'koa';"),
    parseSource('packages/sdk/src/e.ts', "export const later = () => import('./d.ts');"),
    parseSource('packages/sdk/src/f.ts', "import './e.ts'; import './c.ts';"),
  ];
  t.strictSame(reachable(all, 'packages/sdk/src/f.ts').flatMap(needs), ['fastify']);
  t.strictSame(reachable(all, 'packages/sdk/src/index.ts').flatMap(needs), ['fastify']);
});

t.test('a circle of imports is found, of types too', async (t) => {
  const all = [
    parseSource('a.ts', "import './b.ts';"),
    parseSource('b.ts', "import type { C } from './c.ts';"),
    parseSource('c.ts', "import './b.ts'; import './d.ts';"),
    parseSource('d.ts', ''),
  ];
  t.strictSame(circles(all), [['b.ts', 'c.ts']]);
});

t.test('a specifier that only the running program knows is an undeclared one', async (t) => {
  t.strictSame(needs(parseSource('a.ts', 'export const f = (x) => import(x);')), [COMPUTED]);
});

t.test('each way to the world outside is found', async (t) => {
  const impure = (text: string) => impurities(parseSource('packages/core/src/a/b.ts', text)).length;
  for (const text of [
    "import { readFileSync } from 'node:fs';",
    "import { x } from '../../../sdk/src/x.ts';",
    "import { type X } from '../../../sdk/src/x.ts';",
    "export * from 'http';",
    "export const f = () => import('node:net');",
    'export const home = process.env;',
    'setTimeout(() => {}, 1);',
    'export const load = fetch;',
    'export const all = { fetch };',
    'export const f = (g = performance) => g.now();',
    'export const t = Date.now();',
    'export const t = new Date();',
    'export const t = Date();',
    'export const r = Math.random();',
    'export const r = (crypto as { randomUUID(): string }).randomUUID();',
    "export const p = globalThis['process'];",
    "console.log('x');",
    "export const b = Buffer.from('x');",
  ]) {
    t.equal(impure(text), 1, text);
  }
  for (const text of [
    "// process.env and fetch\nexport const x = 'fetch';",
    'export const t = (x: string) => new Date(x).getTime();',
    'export const x = (decision: { process: number }) => decision.process;',
    "import type { Server } from 'node:http';",
    'export const x: Request | { fetch: 1 } = { fetch: 1 };',
  ]) {
    t.equal(impure(text), 0, text);
  }
});

t.test('a top-level await is found, one in a function is not', async (t) => {
  const waits = (text: string) => awaiting(parseSource('a.ts', text)).length;
  t.equal(waits('export const x = await load();'), 1);
  t.equal(waits('for await (const x of y) z(x);'), 1);
  t.equal(waits('const f = async () => await g(); class C { async m() { await g(); } }'), 0);
});
