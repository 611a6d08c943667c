/** What users install: the tarballs, checked as files and used from an empty project. */
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import t from 'tap';
import { run } from '../run.ts';
import { ROOT } from '../structure/source.ts';
import { followPages } from './pages.ts';

interface Packed {
  readonly name: string;
  readonly version: string;
  readonly tarball: string;
  /** What can be imported: `@tinct/sdk`, `@tinct/sdk/express`. None of the command. */
  readonly entries: readonly string[];
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const manifests = globSync(join(ROOT, 'packages/*/package.json')).map((file) => ({
  folder: dirname(file),
  manifest: JSON.parse(readFileSync(file, 'utf8')) as Manifest,
}));

// Outside of the workspace: nothing may be found in a node_modules above it.
const project = mkdtempSync(join(tmpdir(), 'tinct-packed-'));
t.teardown(() => rmSync(project, { recursive: true, force: true }));

function packAll(): Packed[] {
  run(process.execPath, ['scripts/build.ts'], ROOT);
  const pack = [
    '--filter',
    './packages/*',
    'pack',
    '--pack-destination',
    join(project, 'tarballs'),
  ];
  run('npx', ['-y', 'pnpm@12', ...pack], ROOT);
  return manifests.map(({ manifest: { name, version, exports } }) => {
    const base = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
    const paths = Object.keys(exports).filter((path) => !path.endsWith('.json') && '.' in exports);
    const entries = paths.map((path) => name + path.slice(1));
    return { name, version, tarball: join(project, 'tarballs', base), entries };
  });
}

/**
 * The peers, which whoever uses an entry point that needs one has.
 * The workspace's own: what is tested is that they are found, not that they can be fetched.
 */
function linkPeers(): void {
  for (const { folder, manifest } of manifests) {
    for (const peer of Object.keys(manifest.peerDependencies ?? {})) {
      const link = join(project, 'node_modules', peer);
      mkdirSync(dirname(link), { recursive: true });
      if (!existsSync(link)) symlinkSync(realpathSync(join(folder, 'node_modules', peer)), link);
    }
  }
}

function install(packed: readonly Packed[]): void {
  write('package.json', JSON.stringify({ private: true }));
  const tarballs = packed.map(({ tarball }) => tarball);
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs], project);
}

function write(file: string, text: string): void {
  mkdirSync(join(project, file, '..'), { recursive: true });
  writeFileSync(join(project, file), text);
}

/** What a program prints with each entry's number of exports: `[["@tinct/core",12],…]`. */
function exportsSeenBy(file: string, load: (name: string) => string): [string, number][] {
  const rows = libraries.map((name) => `['${name}', Object.keys(${load(name)}).length]`);
  write(file, `console.log(JSON.stringify([${rows.join(',')}]));`);
  return JSON.parse(run(process.execPath, [file], project));
}

/** A complaint, with the lines that go on about it, in declarations of somebody else's package. */
const PEERS_FAULT = /^\S*node_modules\/(?!@tinct\/)\S*\(\d+,\d+\): error .*(\n +.*)*\n/gm;

/** What the compiler says of Tinct's declarations and of the user's file: peers' own faults are theirs to mend. */
function complaints(config: string): string {
  try {
    return run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', config], project);
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    if (!stdout) throw error;
    return stdout.replace(PEERS_FAULT, '');
  }
}

/** Compiles a user's file that imports every entry, declarations checked too. */
function compile(file: string, importing: (name: string, i: number) => string, module: string) {
  const lines = libraries.map((name, i) => importing(name, i));
  const names = libraries.map((_, i) => `lib${i}`);
  write(file, `${lines.join('\n')}\nexport const all = [${names.join(', ')}];\n`);
  return compileFiles([file], module);
}

/** What the compiler says of files and of the declarations that they reach. */
function compileFiles(files: readonly string[], module: string): string {
  const compilerOptions = {
    ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true },
    ...{ target: 'es2024', module, moduleResolution: module === 'preserve' ? 'bundler' : module },
    ...{ types: ['node'], typeRoots: [join(ROOT, 'node_modules/@types')] },
  };
  write(`${files[0]}.json`, JSON.stringify({ compilerOptions, files }));
  return complaints(`${files[0]}.json`);
}

// Builds, packs, installs from the registry and compiles: three and a half minutes where others work too.
t.setTimeout(900_000);
const packed = packAll();
const libraries = packed.flatMap(({ entries }) => entries);
install(packed);
linkPeers();

for (const { name, tarball } of packed) {
  t.test(`${name} is packed right`, async (t) => {
    const bytes = readFileSync(tarball);
    const view = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const { messages } = await publint({ pack: { tarball: view }, strict: true });
    t.strictSame(messages, [], 'publint finds nothing');

    // ESM only: CommonJS gets ES modules by require, and only `exports` says where they are.
    const contents = createPackageFromTarballData(bytes);
    const types = await checkPackage(contents);
    const problems = (types.types ? types.problems : []).filter(
      (problem) =>
        problem.kind !== 'CJSResolvesToESM' &&
        !('resolutionKind' in problem && problem.resolutionKind === 'node10'),
    );
    t.strictSame(problems, [], 'the types are right');

    for (const file of ['LICENSE', 'README.md']) {
      t.ok(contents.fileExists(`/node_modules/${name}/${file}`), `it holds ${file}`);
    }
  });
}

t.test('ES modules import every library', async (t) => {
  const seen = exportsSeenBy('use.mjs', (name) => `await import('${name}')`);
  for (const [name, exported] of seen) t.ok(exported > 0, `${name} exports something`);
});

t.test('CommonJS requires the same', async (t) => {
  const seen = exportsSeenBy('use.cjs', (name) => `require('${name}')`);
  t.strictSame(
    seen,
    exportsSeenBy('use.mjs', (name) => `await import('${name}')`),
  );
});

t.test('what is installed decides, by import and by require', async (t) => {
  const plan = {
    ...{ apiVersion: 'tinct.dev/v1', kind: 'Plan', metadata: { name: 'shop', revision: 1 } },
    identity: [{ unit: 'user', header: 'user-id' }],
    releases: {
      shop: {
        stable: 'v1',
        services: { shop: { host: 'shop', subsets: { v1: {}, v2: {} } } },
        rules: [{ users: ['123'], variant: 'v2' }],
      },
    },
  };
  const program = `
    const { plan } = parsePlan(${JSON.stringify(JSON.stringify(plan))});
    const variantOf = (user) => decide(compilePlan(plan).releases[0], { units: { user }, now: 0 }).variant;
    console.log(variantOf('123'), variantOf('124'));`;
  write('decide.mjs', `import { compilePlan, decide, parsePlan } from '@tinct/core';${program}`);
  write(
    'decide.cjs',
    `const { compilePlan, decide, parsePlan } = require('@tinct/core');${program}`,
  );
  t.equal(run(process.execPath, ['decide.mjs'], project), 'v2 v1\n');
  t.equal(run(process.execPath, ['decide.cjs'], project), 'v2 v1\n');
});

t.test('types compile for each kind of user', async (t) => {
  const importing = (name: string, i: number) => `import * as lib${i} from '${name}';`;
  t.equal(compile('nodenext.mts', importing, 'nodenext'), '');
  t.equal(compile('bundler.ts', importing, 'preserve'), '');
  const requiring = (name: string, i: number) => `import lib${i} = require('${name}');`;
  t.equal(compile('commonjs.cts', requiring, 'nodenext'), '');
});

t.test('the names of a plan are typed: `tinct types`, from what is installed', async (t) => {
  const plan = join(ROOT, 'packages/sdk/testdata/types/shop.in.yaml');
  const tinct = join(project, 'node_modules/.bin/tinct');
  run(tinct, ['types', plan, '--out', 'releases.d.ts'], project);
  const lines = [
    `import { decision, isIn, variant } from '@tinct/sdk';`,
    `variant('my-service'); isIn('my-service', 'v2'); decision('checkout');`,
    `variant('my-servise');`,
    `isIn('my-service', 'v3');`,
    `decision('check-out');`,
  ];
  write('typed.mts', lines.join('\n'));
  for (const module of ['nodenext', 'preserve']) {
    const said = compileFiles(['typed.mts', 'releases.d.ts'], module);
    t.strictSame(
      said.match(/^\S+\(\d+/gm),
      [3, 4, 5].map((line) => `typed.mts(${line}`),
      said,
    );
  }
});

t.test('pages of docs/sdk', async (t) => followPages(t, project));

t.test('the command runs', async (t) => {
  const tinct = join(project, 'node_modules/.bin/tinct');
  const version = packed.find(({ name }) => name === 'tinct')?.version;
  t.equal(run(tinct, ['--version'], project), `${version}\n`);
  t.match(run(tinct, ['--help'], project), /tinct validate/);
});
