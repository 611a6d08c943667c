/** What the harness starts ends with it, however that ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { until } from '../harness/child.ts';

const HELD = join(import.meta.dirname, 'ending/held.ts');

interface Held {
  readonly pids: readonly number[];
  readonly folder: string;
}

/** A process with a mesh of its own. */
async function held(
  t: Test,
  what: 'hold' | 'fail' | 'reject',
): Promise<[ChildProcess, Held, Promise<string>]> {
  const file = join(t.testdir(), 'held.json');
  const process_ = spawn(process.execPath, [HELD, file, what], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.teardown(() => process_.kill('SIGKILL'));
  const output = text(process_.stdout);
  const written = () => JSON.parse(readFileSync(file, 'utf8')) as Held;
  return [process_, await until('the mesh stands', written), output];
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const gone = ({ pids }: Held) => until('everything has ended', () => !pids.some(isThere));

t.test('Ctrl-C: every process ends, and the folder goes', async (t) => {
  const [process_, mesh] = await held(t, 'hold');
  t.ok(mesh.pids.every(isThere));
  t.equal(mesh.pids.length, 4, 'etcd, kube-apiserver, istiod, Envoy');
  process_.kill('SIGINT');
  t.strictSame(await once(process_, 'exit'), [null, 'SIGINT']);
  await gone(mesh);
  t.notOk(existsSync(mesh.folder));
});

t.test('SIGKILL, that nobody can answer: every process ends', async (t) => {
  const [process_, mesh] = await held(t, 'hold');
  t.teardown(() => rmSync(mesh.folder, { recursive: true }));
  t.ok(mesh.pids.every(isThere));
  process_.kill('SIGKILL');
  await gone(mesh);
});

t.test('something fails: every process ends, the logs stay, and it is said where', async (t) => {
  const [process_, mesh, output] = await held(t, 'fail');
  t.teardown(() => rmSync(mesh.folder, { recursive: true }));
  t.strictSame(await once(process_, 'exit'), [1, null]);
  await gone(mesh);
  const logs = join(mesh.folder, 'logs');
  t.match(await output, `the logs are in ${logs}`);
  t.ok(existsSync(join(logs, 'kube-apiserver.log')));
});

t.test('an Envoy refuses what istiod gives it: that is a failure', async (t) => {
  const [process_, mesh, output] = await held(t, 'reject');
  t.teardown(() => rmSync(mesh.folder, { recursive: true }));
  t.strictSame(await once(process_, 'exit'), [1, null]);
  await gone(mesh);
  t.match(await output, /pilot_total_xds_rejects is [1-9]/);
  t.match(await output, `the logs are in ${join(mesh.folder, 'logs')}`);
});
