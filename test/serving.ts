/** Servers that a document's reader would start, for as long as a test runs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Test } from 'tap';
import { freePort } from './free-port.ts';

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

/**
 * Starts a file with Node, without the options that tap puts into what a test spawns; `PORT` is its port. Resolves with that
 * when it answers.
 */
export async function serve(t: Test, file: string, cwd: string): Promise<number> {
  const port = await freePort();
  const args = ['-u', 'NODE_OPTIONS', `PORT=${port}`, process.execPath, file];
  const child = spawn('env', args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  t.teardown(async () => {
    if (!hasEnded(child) && child.kill()) await once(child, 'exit');
  });
  while (!hasEnded(child)) {
    const answer = await fetch(`http://localhost:${port}/`).catch(() => undefined);
    if (answer !== undefined) return port;
    await delay(50);
  }
  throw new Error(`${file} ended with ${child.exitCode}`);
}
