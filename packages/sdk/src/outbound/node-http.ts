/**
 * `node:http` and `node:https`: every request that is made is colored before it is sent. Node publishes them; nothing of
 * Node's is replaced. Requests whose head is complete at once (headers given as a list, `Expect`) leave as they are.
 */
import diagnostics from 'node:diagnostics_channel';
import type { ClientRequest, OutgoingHttpHeader } from 'node:http';
import type { Outbound } from './outbound.ts';

const CHANNEL = 'http.client.request.created';

type Made = ClientRequest & { readonly socketPath?: string | null };

/** A socket file leads to one program on this machine, of which nothing is known. */
const hostOf = ({ socketPath, host }: Made): string =>
  typeof socketPath === 'string' ? '' : (host ?? '');

function textsOf(value: OutgoingHttpHeader): string | string[] {
  return Array.isArray(value) ? value : `${value}`;
}

function flat(request: ClientRequest): (string | string[])[] {
  return Object.entries(request.getHeaders()).flatMap(([name, value]) =>
    value === undefined ? [] : [name, textsOf(value)],
  );
}

function color(outbound: Outbound, request: Made): void {
  if (request.headersSent) return;
  const before = flat(request);
  const after = outbound.headers(hostOf(request), before);
  if (after === before) return;
  for (const name of request.getHeaderNames()) request.removeHeader(name);
  for (let i = 0; i + 1 < after.length; i += 2)
    request.setHeader(after[i] as string, after[i + 1] as string | string[]);
}

/** From now on, until what is returned is called. */
export function colorNodeHttp(outbound: Outbound): () => void {
  const listener = (message: unknown) =>
    outbound.carefully(() => color(outbound, (message as { readonly request: Made }).request));
  diagnostics.subscribe(CHANNEL, listener);
  return () => void diagnostics.unsubscribe(CHANNEL, listener);
}
