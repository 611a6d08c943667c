/**
 * The last look at what undici sends: after interceptors, redirects and other programs' instrumentation. Colors that
 * stand in a request to a host that may not see them are taken out, and several `baggage` headers become one.
 */
import diagnostics from 'node:diagnostics_channel';
import { BAGGAGE_HEADER } from '@tinct/core';
import type { Outbound } from './outbound.ts';

/** What undici publishes; headers are names and values in turn since its version 6. */
interface Created {
  readonly request: { readonly origin?: string | URL; readonly headers?: unknown };
}

const CHANNEL = 'undici:request:create';

const isBaggage = (name: unknown, i: number): boolean =>
  i % 2 === 0 && typeof name === 'string' && name.toLowerCase() === BAGGAGE_HEADER;

/** Several lines of baggage as one, where the first stood. */
function joined(headers: readonly string[]): readonly string[] {
  const at = headers.findIndex(isBaggage);
  if (headers.filter(isBaggage).length < 2) return headers;
  const values = headers.filter((_, i) => isBaggage(headers[i - 1], i - 1));
  const others = headers.filter(
    (name, i) => !isBaggage(name, i) && !isBaggage(headers[i - 1], i - 1),
  );
  return [...others.slice(0, at), BAGGAGE_HEADER, values.join(','), ...others.slice(at)];
}

function onCreate(outbound: Outbound, { request }: Created): void {
  const { headers, origin } = request;
  if (!Array.isArray(headers) || origin === undefined) return;
  const { host } = new URL(`${origin}`);
  const clean = outbound.mayColor(host) ? joined(headers) : outbound.stripped(headers);
  if (clean !== headers) headers.splice(0, headers.length, ...clean);
}

/** Watches all of undici's clients in this process, Node's own `fetch` included. Returns how to end it. */
export function watchWire(outbound: Outbound): () => void {
  const listener = (message: unknown) =>
    outbound.carefully(() => onCreate(outbound, message as Created));
  diagnostics.subscribe(CHANNEL, listener);
  return () => void diagnostics.unsubscribe(CHANNEL, listener);
}
