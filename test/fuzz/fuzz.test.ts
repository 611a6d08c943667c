/** `pnpm fuzz` goes on where a test stops, and finds what the test's few cases do not. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import t from 'tap';

const MAIN = join(import.meta.dirname, 'main.ts');
const property = (holds: string) => `
import fc from 'fast-check';
fc.assert(fc.property(fc.nat(), (n) => ${holds}), { numRuns: 1, seed: 1 });
`;

function fuzz(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

t.test('each property runs for its time, and says how many cases that were', async (t) => {
  const dir = t.testdir({ 'good.ts': property('n >= 0') });
  const { status, stderr } = fuzz('1', join(dir, 'good.ts'));
  t.equal(status, 0, stderr);
  const [, cases] = /^ {2}(\d+) cases$/m.exec(stderr) ?? [];
  t.ok(Number(cases) > 1, `${cases} cases`);
});

t.test('what is found ends with 1, and the smallest case that shows it', async (t) => {
  const dir = t.testdir({ 'bad.ts': property('n < 1000') });
  const { status, stderr } = fuzz('1', join(dir, 'bad.ts'));
  t.equal(status, 1);
  t.match(stderr, /Counterexample: \[1000\]/);
});

t.test('seconds are a number', async (t) => t.match(fuzz('long'), { status: 2 }));
