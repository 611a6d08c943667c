/** Starts an example as its reader would, and ends it with the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Test } from 'tap';
import { ROOT } from '../structure/source.ts';

export interface RunningExample {
  /** What stands on its standard output, line by line. */
  line(): Promise<string>;
  readonly child: ChildProcess;
}

/** `file`: from the folder of examples. */
export function runExample(
  t: Test,
  file: string,
  { env = {}, args = [] }: { env?: Record<string, string>; args?: readonly string[] } = {},
): RunningExample {
  const child = spawn(process.execPath, [join(ROOT, 'examples', file), ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  t.teardown(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill();
    await once(child, 'exit');
  });
  return {
    child,
    line: async () => {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`${file} ended without another line`);
      return value;
    },
  };
}

/** The body that a GET is answered with. */
export async function textOf(url: string, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(url, { headers });
  return response.text();
}
