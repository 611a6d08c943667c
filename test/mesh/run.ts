/**
 * `pnpm test:mesh [scenario files…] [tap's options…]`: makes sure that the parts are there and runs the scenarios, each
 * in a mesh of its own. `--prepare`: the parts alone.
 */
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism, freemem } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './parts/parts.ts';
import { prepare } from './parts/prepare.ts';

const SCENARIOS = 'test/mesh/scenarios/*.scenario.ts';
/** What a mesh takes, with two gateways and a load; twice over. */
const MESH_BYTES = 4 * 1024 ** 3;
/** A mesh waits about as much as it works: two of them fill two processors. */
const JOBS = availableParallelism() > 1 && freemem() > 2 * MESH_BYTES ? 2 : 1;
const TAP = [`--jobs=${JOBS}`, '--timeout=1200'];

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

async function main(given: readonly string[]): Promise<number> {
  await prepare();
  if (given.includes('--prepare')) return 0;
  const files = given.some((each) => each.endsWith('.ts'))
    ? []
    : globSync(SCENARIOS, { cwd: ROOT }).sort();
  return runTap([...given, ...files]);
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: Error) => {
    process.stderr.write(`mesh: ${error.message}\n`);
    process.exitCode = 1;
  },
);
