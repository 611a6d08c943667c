/** Servers of the command's own, from when they listen until they are closed. */
import type { Server } from 'node:http';

/** Rejects with what the system says. */
export function listening(server: Server, port = 0, host = '127.0.0.1'): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, () => resolve());
  return promise;
}

/** With whoever is still connected. */
export function closed(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  return promise;
}
