/** What a hello world is given. */
import type { IncomingMessage } from 'node:http';
import type { Tinct } from '@tinct/sdk';
import type { onRequestHookHandler } from 'fastify';

export interface Setup {
  readonly port: number;
  /** What the handler answers. */
  readonly hello: (req: IncomingMessage) => { readonly hello: string };
  readonly tinct: Tinct | undefined;
  /** What stands in Fastify where Tinct would. */
  readonly hook?: onRequestHookHandler;
}

/** Resolves, or returns, when it listens or is about to. */
export type Start = (setup: Setup) => unknown;

export const HOST = '127.0.0.1';
