/** Whoever asks a benchmark how it is used is told, and whoever misspells an option too: no stack trace. */
import { spawnSync } from 'node:child_process';
import t from 'tap';
import { ROOT } from '../structure/source.ts';

function bench(...args: string[]) {
  // What tap puts into NODE_OPTIONS would load its hooks each time.
  const command = ['-u', 'NODE_OPTIONS', process.execPath, 'bench/main.ts', ...args];
  const { status, stdout, stderr } = spawnSync('env', command, { cwd: ROOT, encoding: 'utf8' });
  return { status, stdout, stderr };
}

t.setTimeout(300_000);
for (const name of ['analysis', 'decide', 'proxy', 'sdk'])
  t.test(`bench ${name}`, async (t) => {
    const help = bench(name, '--help');
    t.equal(help.status, 0);
    t.ok(help.stdout.startsWith(`usage: pnpm bench ${name} [`), help.stdout);
    t.notMatch(help.stderr, /^ +at /m, 'no stack trace');
  });

t.test('an option that there is not', async (t) => {
  const wrong = bench('proxy', '--roundz', '3');
  t.equal(wrong.status, 2);
  t.ok(wrong.stderr.includes(`Unknown option '--roundz'`), wrong.stderr);
  t.ok(wrong.stderr.includes('usage: pnpm bench proxy ['));
  t.notMatch(wrong.stderr, /^ +at /m, 'no stack trace');
});

t.test('bench by itself names all of them', async (t) => {
  for (const [args, status] of [
    [[], 2],
    [['--help'], 0],
  ] as const) {
    const asked = bench(...args);
    t.equal(asked.status, status);
    const said = status === 0 ? asked.stdout : asked.stderr;
    for (const name of ['analysis', 'decide', 'proxy', 'sdk'])
      t.ok(said.includes(`pnpm bench ${name} [`), name);
  }
});
