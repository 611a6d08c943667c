import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Processes } from './processes.ts';

/** Runs something with a folder and processes that do not outlive it. */
export async function within<T>(
  run: (folder: string, processes: Processes) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'tinct-bench-'));
  // Services may run as another user.
  chmodSync(folder, 0o755);
  const processes = new Processes();
  try {
    return await run(folder, processes);
  } finally {
    await processes.stopAll();
    rmSync(folder, { recursive: true, force: true });
  }
}
