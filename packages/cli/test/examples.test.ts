/** Every example that `--help` shows works as it is typed. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { allCommands } from '../src/commands/index.ts';
import { type Project, repository, tinct } from './world.ts';

/** Commands that serve, or speak to an edge, a cluster or Prometheus: their own tests run them. */
const CLUSTER = ['istio apply', 'istio diff', 'istio status', 'istio promote', 'istio delete'];
const SERVING = [
  'quickstart',
  'demo',
  'proxy',
  'ext-authz',
  'abort',
  'check',
  'watch',
  'errors',
  ...CLUSTER,
];

const COMMANDS = await allCommands();
const ENDING = COMMANDS.filter(({ name }) => !SERVING.includes(name));

const MAIN = join(import.meta.dirname, '../src/main.ts');

/** Words as a shell divides them, where it does nothing else. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

function inShell(line: string, { dir }: Project): number | null {
  const bin = join(dir, 'bin');
  mkdirSync(bin, { recursive: true });
  const shim = `#!/bin/sh\nunset NODE_OPTIONS\nexec "${process.execPath}" "${MAIN}" "$@"\n`;
  writeFileSync(join(bin, 'tinct'), shim, { mode: 0o755 });
  const env = { PATH: `${bin}:${process.env['PATH']}` };
  return spawnSync('sh', ['-c', line], { cwd: dir, env, encoding: 'utf8' }).status;
}

async function works(line: string, shop: Project): Promise<unknown> {
  if (/[|<>]/.test(line)) return { line, status: inShell(line, shop) };
  const { status } = await shop.tinct(wordsOf(line).slice(1));
  return { line, status };
}

for (const { name, examples } of ENDING) {
  t.test(`tinct ${name}`, async (t) => {
    const shop = repository();
    await tinct(['keys', 'generate', '--out', 'keys.json'], { cwd: shop.dir });
    t.not(examples.length, 0, 'has an example');
    for (const { line } of examples) t.strictSame(await works(line, shop), { line, status: 0 });
  });
}

t.test('each command says what its arguments and options are', async (t) => {
  for (const { name, summary, arguments: positional, options } of COMMANDS) {
    t.match(summary, /^[A-Z].*\.$/, `${name}: a sentence`);
    for (const [option, { help, short }] of Object.entries({ ...positional, ...options })) {
      t.match(help, /^[A-Z].*\.$/, `${name} ${option}: a sentence`);
      t.ok(short === undefined || short.length === 1);
    }
    const shorts = Object.values(options).flatMap(({ short }) => short ?? []);
    t.equal(
      new Set([...shorts, 'h']).size,
      shorts.length + 1,
      `${name}: no letter means two things`,
    );
  }
});

t.test('an option means the same wherever it is', async (t) => {
  const meanings = new Map<string, Set<string>>();
  for (const { options } of ENDING)
    for (const [name, { short, value }] of Object.entries(options)) {
      const known = meanings.get(name) ?? new Set();
      meanings.set(name, known.add(`${short} ${value}`));
    }
  t.strictSame(
    [...meanings].filter(([, kinds]) => kinds.size > 1).map(([name]) => name),
    ['unit'],
    'a unit in explain has a key, in simulate it has none',
  );
});
