/** What a hello world is given. */
import type { IncomingMessage } from 'node:http';
import type { Tinct } from '@tinct/sdk';

export interface Setup {
  readonly port: number;
  /** What the handler answers. */
  readonly hello: (req: IncomingMessage) => { readonly hello: string };
  readonly tinct: Tinct | undefined;
}

/** Resolves, or returns, when it listens or is about to. */
export type Start = (setup: Setup) => unknown;

export const HOST = '127.0.0.1';
