/** The program as a process: what only a real one shows. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { project } from './world.ts';

const MAIN = join(import.meta.dirname, '../src/main.ts');

function start(argv: readonly string[], cwd: string): ChildProcess {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return spawn(process.execPath, [MAIN, ...argv], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
}

function collect(stream: NodeJS.ReadableStream | null): { text: string } {
  const found = { text: '' };
  stream?.on('data', (chunk) => {
    found.text += chunk;
  });
  return found;
}

async function ended(child: ChildProcess) {
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const [status, signal] = await once(child, 'close');
  return { status, signal, stdout: stdout.text, stderr: stderr.text };
}

const shop = project();

t.test('results, messages and exit status', async (t) => {
  const fine = await ended(start(['validate', 'plan.yaml'], shop.dir));
  t.match(fine, { status: 0, stdout: /^plan\.yaml: fine/, stderr: '' });
  const usage = await ended(start(['validat'], shop.dir));
  t.match(usage, { status: 2, stdout: '', stderr: /did you mean/ });
});

t.test('stdin through a pipe', async (t) => {
  const child = start(['validate', '-'], shop.dir);
  child.stdin?.end(shop.read('plan.yaml'));
  t.match(await ended(child), { status: 0, stdout: /^\(stdin\): fine/ });
});

t.test('a reader that goes away ends it quietly', async (t) => {
  const child = start(['schema'], shop.dir);
  child.stdout?.destroy();
  const { status, signal, stderr } = await ended(child);
  t.strictSame({ status, signal, stderr }, { status: 141, signal: null, stderr: '' });
});

t.test('nobody reads the messages either', async (t) => {
  const child = start(['validat'], shop.dir);
  child.stderr?.destroy();
  t.equal((await ended(child)).status, 2);
});

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  t.test(`${signal} ends it with ${status} and without a word`, async (t) => {
    const child = start(['simulate', 'plan.yaml', '--ids', '-'], shop.dir);
    const end = ended(child);
    // More than a pipe holds: it is taken only when the program reads.
    child.stdin?.on('error', () => {});
    child.stdin?.write('id\n'.repeat(100_000), () => child.kill(signal));
    const { stdout, stderr, ...rest } = await end;
    t.strictSame({ ...rest, stdout, stderr }, { status, signal: null, stdout: '', stderr: '' });
    t.notMatch(readdirSync(shop.dir).join(), /\.tmp/);
  });
}
