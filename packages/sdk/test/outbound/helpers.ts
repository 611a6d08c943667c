/** A service that calls others, and others that keep what they hear. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { createTinct, type TinctOptions } from '@tinct/sdk';

/** Who asks: a name that no port, trace or checksum has in it by chance. */
export const USER = 'marie-of-warsaw';
export const DECISION = 'my-service="v2";rev=12;epoch=1;reason=SPLIT;arm=canary';
/** What the edge sends, and who the user is. */
export const COLORED: readonly string[] = [
  ...['x-tinct-decision', DECISION, 'x-tinct-my-service', 'v2'],
  ...['baggage', 'a=1,tinct.my-service=v2', 'user-id', USER],
];

/** Every name leads to this machine. */
export const lookup: LookupFunction = (_host, { all }, found) =>
  all === true ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4);

export interface Heard {
  readonly server: Server;
  readonly port: number;
  /** Raw headers of each request, names in lower case. */
  readonly requests: string[][];
  close(): Promise<void>;
}

export async function listen(listener: RequestListener): Promise<Heard> {
  const requests: string[][] = [];
  const server = createServer((req, res) => {
    requests.push(lowered(req));
    listener(req, res);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    server,
    port: (server.address() as AddressInfo).port,
    requests,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const lowered = ({ rawHeaders }: IncomingMessage): string[] =>
  rawHeaders.map((text, i) => (i % 2 === 0 ? text.toLowerCase() : text));

/** All values of a header in a request that was heard. */
export const valuesOf = (headers: readonly string[] | undefined, name: string): string[] =>
  (headers ?? []).filter((_, i, all) => i % 2 === 1 && all[i - 1] === name);

/** Whether anything of Tinct's, or of the user, stands in a request. */
export const leaks = (headers: readonly string[] | undefined): string[] =>
  (headers ?? ['nothing was heard']).filter((text) =>
    ['tinct', USER, 'nothing'].some((part) => text.toLowerCase().includes(part)),
  );

/** A Tinct, and work that is done within a colored request. */
export function serving(options: Partial<TinctOptions> = {}) {
  const tinct = createTinct({ trust: 'mesh', env: {}, ...options });
  return {
    tinct,
    within: async <T>(work: () => Promise<T>, rawHeaders = COLORED): Promise<T> => {
      const peer = { remoteAddress: '127.0.0.1' };
      const entered = await tinct.enter({ rawHeaders, peer, method: 'GET', host: 'x', path: '/' });
      return entered.run(work);
    },
  };
}
