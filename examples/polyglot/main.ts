/** edge → a Python service that knows only W3C baggage → a Node service. Prints the edge's address. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startEdge } from '@tinct/proxy';
import { decision, FilePlanSource } from '@tinct/sdk';
import { tinct } from '@tinct/sdk/http';

const here = import.meta.dirname;
const last = createServer(
  tinct({ trust: 'mesh' }, (_req, res) => {
    res.end(`greeting ${decision('greeting')?.variant ?? 'unknown'}\n`);
  }),
).listen(0, '127.0.0.1');
await once(last, 'listening');
const address = last.address();
const next = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;

const middle = spawn('python3', [join(here, 'middle.py'), next], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [port] = await once(createInterface({ input: middle.stdout }), 'line');
const stop = () => {
  middle.kill();
  process.exit();
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);

const edge = await startEdge({
  plan: new FilePlanSource(join(here, 'plan.yaml')),
  upstream: `http://127.0.0.1:${port}`,
  trustedHops: ['127.0.0.0/8'],
});
process.stdout.write(`${edge.address.url}\n`);
