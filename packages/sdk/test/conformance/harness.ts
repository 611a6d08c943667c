/** What every adapter has to offer for the cases: the same routes, written as its framework's users write them. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Tinct } from '@tinct/sdk';

/** What a route is handed, whichever framework calls it. */
export interface Asked {
  /** The request's body, read by the framework's usual parser. */
  readonly body: string;
  /** Sets a header of the response, beside what is there. */
  readonly header: (name: string, value: string) => void;
}

/** Answers with text; what it throws is for the framework to answer. */
export type Route = (asked: Asked) => string | Promise<string>;
/** Paths to routes; GET and POST. */
export type Routes = Readonly<Record<string, Route>>;

export interface Running {
  readonly url: string;
  close(): Promise<void>;
}

export interface Adapter {
  readonly name: string;
  /** Case → why it does not apply. */
  readonly skips?: Readonly<Record<string, string>>;
  start(tinct: Tinct, routes: Routes): Promise<Running>;
}

/** Listens on any free port of loopback. */
export async function listening(server: Server): Promise<Running> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export class Thrown extends Error {}
