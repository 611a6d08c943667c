/**
 * `pnpm fuzz [seconds] [test files]`: each property of these files for so many seconds, with another seed each time. One
 * file after the other, on one core. Exit 1 if something was found.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The readers of what clients, gateways and balancers send. */
const FILES = [
  'packages/proxy/test/request-parser.test.ts',
  'packages/proxy/test/proxy-protocol.test.ts',
  'packages/proxy/test/parsers-fuzz.test.ts',
  'packages/core/test/carriers/baggage.test.ts',
  'packages/core/test/carriers/decision.test.ts',
  'packages/sdk/test/cookie/seal.test.ts',
  'packages/sdk/test/visitor/own-cookies.test.ts',
  'packages/sdk/test/parsers-fuzz.test.ts',
  'packages/proxy/test/sanitize.test.ts',
  'packages/proxy/test/client.test.ts',
];

const [seconds = '60', ...files] = process.argv.slice(2);
if (!/^[1-9]\d*$/.test(seconds)) {
  process.stderr.write('pnpm fuzz [seconds] [test files]\n');
  process.exit(2);
}
const longer = join(import.meta.dirname, 'longer.ts');
let found = 0;
for (const file of files.length === 0 ? FILES : files) {
  process.stdout.write(`${file}\n`);
  const { status, stdout } = spawnSync(process.execPath, ['--import', longer, file], {
    env: { ...process.env, TINCT_FUZZ_SECONDS: seconds, TAP_TIMEOUT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (status === 0) continue;
  found += 1;
  process.stdout.write(stdout);
}
process.exitCode = found === 0 ? 0 : 1;
