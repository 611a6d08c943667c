/**
 * `pnpm test:mesh [scenario files…] [tap's options…]`: makes sure that the parts are there and runs the scenarios, one
 * after the other, each in a mesh of its own.
 */
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './parts/parts.ts';
import { prepare, prepareHelm } from './parts/prepare.ts';

const SCENARIOS = 'test/mesh/scenarios/*.scenario.ts';
const TAP = ['--jobs=1', '--timeout=600'];

/** tap's status. */
function runTap(args: readonly string[]): Promise<number> {
  const tap = spawn(join(ROOT, 'node_modules/.bin/tap'), [...TAP, ...args], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  // A terminal tells the whole group; tap and the scenarios end what they started, and this waits for them.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => tap.kill('SIGTERM'));
  return new Promise((resolve) => tap.on('exit', (code) => resolve(code ?? 1)));
}

const given = process.argv.slice(2);
const files = given.some((each) => each.endsWith('.ts'))
  ? []
  : globSync(SCENARIOS, { cwd: ROOT }).sort();

/** helm takes minutes to build at first: more than a scenario may take. */
async function prepareAll(): Promise<void> {
  await prepare();
  if ([...given, ...files].some((each) => each.includes('deploy'))) await prepareHelm();
}

prepareAll().then(
  async () => {
    process.exitCode = await runTap([...given, ...files]);
  },
  (error: Error) => {
    process.stderr.write(`mesh: ${error.message}\n`);
    process.exitCode = 1;
  },
);
