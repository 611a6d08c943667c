/** `pnpm bench sdk --heap`: does the heap of a service stay where it is, over a million requests? */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { freePort, type Processes, type Program } from '../proxy/processes.ts';
import { users } from '../proxy/requests.ts';
import { drive } from '../proxy/wrk.ts';
import { grouped, table } from '../table.ts';
import { requestsFile } from './requests.ts';

const SERVER = join(import.meta.dirname, 'server.ts');
const PROBE = join(import.meta.dirname, '../proxy/more/heap-probe.ts');

async function heapOf(program: Program): Promise<number> {
  program.said = '';
  program.signal('SIGUSR2');
  for (;;) {
    const [, said] = /^HEAP (.*)$/m.exec(program.said) ?? [];
    if (said !== undefined) return (JSON.parse(said) as { heapUsed: number }).heapUsed;
    await setTimeout(20);
  }
}

/** Fastify, carrying, with metrics; the heap after a full collection, now and then. */
export async function heapBench(folder: string, total: number, processes: Processes) {
  const port = await freePort();
  const node = [process.execPath, '--expose-gc', `--import=${PROBE}`];
  const command = [...node, SERVER, 'Fastify 5', 'carry, metrics', `${port}`];
  const program = await processes.start(command, port, 'measured');
  const requests = join(folder, 'requests');
  writeFileSync(requests, requestsFile(users(2000)));
  const rows: [string, string][] = [];
  for (let done = 0; ; ) {
    const url = `http://127.0.0.1:${port}`;
    done += (await drive({ url, requests, connections: 64, seconds: 5 })).requests;
    rows.push([grouped(done), grouped((await heapOf(program)) / 1e6, 2)]);
    if (done >= total) return table(['requests', 'heap, MB'], rows);
  }
}
