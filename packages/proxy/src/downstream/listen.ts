import type { AddressInfo, Server } from 'node:net';
import { TinctError } from '@tinct/core';
import type { Settings } from '../options.ts';
import { whyNotListening } from './why-not.ts';

/** Where a server listens. */
export interface EdgeAddress {
  readonly host: string;
  readonly port: number;
  readonly url: string;
}

/** Rejects with a `TinctError` where that address cannot be listened on. */
export function listen(
  server: Server,
  {
    host,
    port,
    tls,
    reusePort = false,
  }: Pick<Settings, 'host' | 'port' | 'tls'> & Partial<Pick<Settings, 'reusePort'>>,
): Promise<EdgeAddress> {
  const { promise, resolve, reject } = Promise.withResolvers<EdgeAddress>();
  server.once('error', (cause) => {
    const message = `cannot listen on ${host}:${port}: ${whyNotListening(cause)}`;
    reject(new TinctError('TINCT_EDGE_ADDRESS', message, { cause }));
  });
  server.listen({ port, host, reusePort }, () => {
    const { port: taken } = server.address() as AddressInfo;
    const scheme = tls === undefined ? 'http' : 'https';
    const url = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${taken}`;
    resolve({ host, port: taken, url });
  });
  return promise;
}
