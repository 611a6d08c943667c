/** Starts the whole shop, each program as a process of its own, and prints the address of its edge. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const running: ChildProcess[] = [];

/** Starts a program of this folder; answers with its address. */
async function start(file: string, env: Readonly<Record<string, string>>): Promise<string> {
  const child = fork(join(import.meta.dirname, file), {
    env: { PATH: process.env['PATH'], ...env },
  });
  running.push(child);
  const [url] = await once(child, 'message');
  return url;
}

/** Both versions of a service, and the route that leads to one of them. */
async function routed(file: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const [V1, V2] = await Promise.all([
    start(file, { ...env, TINCT_VERSION: 'v1' }),
    start(file, { ...env, TINCT_VERSION: 'v2' }),
  ]);
  return start('routes.ts', { V1, V2 });
}

function stop(): void {
  for (const child of running) child.kill();
  process.exit();
}
process.once('SIGTERM', stop);
process.once('SIGINT', stop);

const ratings = await routed('ratings.ts');
const reviews = await routed('reviews.ts', { RATINGS: ratings });
const web = await start('web.ts', { REVIEWS: reviews });
const { PLAN = join(import.meta.dirname, 'plan.yaml') } = process.env;
const url = await start('edge.ts', { PLAN, WEB: web });
process.stdout.write(`${url}\n`);
