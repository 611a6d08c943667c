/**
 * A small service that says which version it is: `node service.ts v2`, or `VERSION=v2 PORT=9002 node service.ts`.
 *
 * It knows nothing of Tinct but one courtesy: it marks its answers with its own version, `x-tinct-served`. The edge
 * takes the mark off before the client sees it.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ServiceOptions {
  readonly version: string;
  /** Default 0: any that is free. */
  readonly port?: number;
}

export interface Service {
  readonly version: string;
  readonly url: string;
  close(): Promise<void>;
}

const answer = (version: string) => (req: IncomingMessage, res: ServerResponse) => {
  const user = req.headers['user-id'] ?? 'nobody';
  const color = req.headers['x-tinct-my-service'] ?? 'none';
  res.setHeader('content-type', 'text/plain; charset=utf-8').setHeader('x-tinct-served', version);
  res.end(`my-service ${version} answers user ${user} (x-tinct-my-service: ${color})\n`);
};

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** Starts one version of the service on loopback. */
export async function startService({ version, port = 0 }: ServiceOptions): Promise<Service> {
  const server = createServer(answer(version));
  const taken = await listen(server, port);
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { version, url: `http://127.0.0.1:${taken}`, close };
}

if (import.meta.main) {
  const version = process.argv[2] ?? process.env['VERSION'] ?? 'v1';
  const service = await startService({ version, port: Number(process.env['PORT'] ?? 0) });
  process.stdout.write(`my-service ${version} listens on ${service.url}\n`);
}
