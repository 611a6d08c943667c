import { createServer } from 'node:net';
import { listen } from '../downstream/listen.ts';

/**
 * Whether an address can be listened on by nobody but us. Workers share theirs with everyone of the same user who asks
 * to: a second program at the same port would go unnoticed, and take half of the connections.
 *
 * @throws {TinctError} if it can't.
 */
export async function isFree(host: string, port: number): Promise<void> {
  const server = createServer();
  await listen(server, { host, port, tls: undefined });
  await new Promise((resolve) => server.close(resolve));
}
