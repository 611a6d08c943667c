/** Programs that are no package of npm's: found, started on a configuration, ended with the test. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Test } from 'tap';

export { freePort } from '../../../test/free-port.ts';

/** What ends with its user; a tap test is one. */
export type Owner = Pick<Test, 'teardown'>;

/** Whether a program is there; where it must be, the test fails without it. */
export function isInstalled(t: Test, program: string, versionFlag = '-v'): boolean {
  const found = spawnSync(program, [versionFlag]).status === 0;
  t.ok(found || !process.env['TINCT_REQUIRE_PARTS'], `what runs all the tests has ${program}`);
  return found;
}

/** Ends a program, and waits until it has. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** A folder of the test's own, short enough for the path of a socket. */
export function scratch(t: Owner, name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `tinct-${name}-`));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts a program that runs until the test ends. */
export function started(
  t: Owner,
  program: string,
  args: readonly string[],
  env = process.env,
): ChildProcess {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'], env });
  t.teardown(() => ended(child));
  return child;
}

/** Waits until somebody listens there. */
export async function listens(at: { port: number } | { path: string }): Promise<void> {
  const isUp = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(at);
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
  while (!(await isUp())) await setTimeout(5);
}

/** Starts nginx on a configuration, in a folder of its own. */
function nginxIn(t: Owner, main: (folder: string) => string): string {
  const folder = scratch(t, 'nginx');
  const file = join(folder, 'nginx.conf');
  const text = `
daemon off;
master_process off;
pid ${folder}/pid;
error_log ${folder}/error.log;
${main(folder)}
events {}
`;
  writeFileSync(file, text);
  started(t, 'nginx', ['-e', join(folder, 'error.log'), '-c', file]);
  return folder;
}

/** Starts nginx with what stands in its `http` block. */
export const nginx = (t: Owner, http: (folder: string) => string): string =>
  nginxIn(
    t,
    (folder) => `
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/temp;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  ${http(folder)}
}`,
  );

/** Starts nginx with what stands in its `stream` block; `module` is the file that knows it. */
export const nginxStream = (t: Owner, module: string, stream: string): string =>
  nginxIn(t, () => `load_module ${module};\nstream {\n  ${stream}\n}`);
