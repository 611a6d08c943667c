/**
 * The small service of the quickstart: it says which version answered, and what color it was sent.
 *
 * It knows nothing of Tinct but one courtesy: it marks its answers with its own version, `x-tinct-served`. The edge
 * takes the mark off before the client sees it.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closed, listening } from '../io/listen.ts';

/** The routing header of the quickstart's release. */
export const ROUTING_HEADER = 'x-tinct-my-service';

export interface Service {
  readonly version: string;
  readonly url: string;
  close(): Promise<void>;
}

/** Starts one version on loopback, on any free port. */
export async function startService(version: string): Promise<Service> {
  const server = createServer((req, res) => {
    const color = req.headers[ROUTING_HEADER] ?? 'none';
    res.setHeader('content-type', 'text/plain; charset=utf-8').setHeader('x-tinct-served', version);
    res.end(`my-service ${version} (${ROUTING_HEADER}: ${String(color)})\n`);
  });
  await listening(server);
  const { port } = server.address() as AddressInfo;
  return { version, url: `http://127.0.0.1:${port}`, close: () => closed(server) };
}
