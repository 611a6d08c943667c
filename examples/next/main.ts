/** The edge in front of `next start`. Prints the edge's address. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startEdge } from '@tinct/proxy';
import { FilePlanSource } from '@tinct/sdk';

const next = createRequire(import.meta.url).resolve('next/dist/bin/next');
const pages = spawn(process.execPath, [next, 'start', '-p', '0', '-H', '127.0.0.1'], {
  cwd: import.meta.dirname,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const stop = () => {
  pages.kill();
  process.exit();
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);

async function addressOfPages(): Promise<string> {
  for await (const line of createInterface({ input: pages.stdout })) {
    const [url] = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error('Next ended before it listened');
}

const edge = await startEdge({
  plan: new FilePlanSource(join(import.meta.dirname, 'plan.yaml')),
  upstream: await addressOfPages(),
  // Here every program on this machine may say who the user is.
  trustedHops: ['127.0.0.0/8'],
});
process.stdout.write(`${edge.address.url}\n`);
