/** edge → web → warehouse. Prints the edge's address. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startEdge } from '@tinct/proxy';
import { FilePlanSource } from '@tinct/sdk';
import { warehouse } from './warehouse.ts';
import { web } from './web.ts';

async function listen(server: Server): Promise<string> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const edge = await startEdge({
  plan: new FilePlanSource(join(import.meta.dirname, 'plan.yaml')),
  upstream: await listen(createServer(web(await listen(warehouse())))),
  // Here every program on this machine may say who the user is.
  trustedHops: ['127.0.0.0/8'],
});
process.stdout.write(`${edge.address.url}\n`);
