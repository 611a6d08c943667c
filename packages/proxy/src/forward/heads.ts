/** The heads of messages that cross the edge: what is rebuilt on the way in, what is taken off on the way out. */
import { canonicalName } from '@tinct/core';
import type { ColoredRequest } from '../color.ts';
import type { Exchange } from '../exchange.ts';
import { isHopByHop, namedBy } from '../hop-by-hop.ts';
import { NameTable } from '../name-table.ts';
import type { Forwarded } from '../sanitize.ts';

/** The marks by which the services tell the edge who answered. Nobody else needs to know. */
const MARKS: ReadonlySet<string> = new Set(['x-tinct-served', 'x-tinct-routed', 'x-tinct-explain']);

const IPV4_IN_IPV6 = /^::ffff:(?=\d+\.)/i;

/** An element of `Forwarded` for this hop (RFC 7239). */
function element(peer: string, host: string, scheme: string): string {
  const node = peer.includes(':') ? `"[${peer}]"` : peer;
  return host === '' ? `for=${node};proto=${scheme}` : `for=${node};host="${host}";proto=${scheme}`;
}

const NOTHING: Forwarded = { for: [], elements: [], proto: [], host: [] };

/** Adds this hop's word about the client. What a peer that is no trusted hop says of others is not passed on. */
export function requestHeaders(
  request: ColoredRequest,
  { socket, trusted, encrypted }: Exchange,
): string[] {
  const { host } = request;
  const told = trusted ? request.forwarded : NOTHING;
  const address = socket.remoteAddress ?? 'unknown';
  const peer = address.includes(':') ? address.replace(IPV4_IN_IPV6, '') : address;
  const scheme = encrypted ? 'https' : 'http';
  const peers = told.for.length > 0 ? [...told.for, peer].join(', ') : peer;
  const headers = ['x-forwarded-for', peers];
  headers.push('x-forwarded-proto', told.proto.length > 0 ? told.proto.join(', ') : scheme);
  const seenHost = told.host.length > 0 ? told.host.join(', ') : host;
  if (seenHost !== '') headers.push('x-forwarded-host', seenHost);
  // Gaps in it would lie: where a hop before spoke it, this one does.
  if (told.elements.length > 0)
    headers.push('forwarded', [...told.elements, element(peer, host, scheme)].join(', '));
  return request.headers.concat(headers);
}

function without(pairs: readonly string[], isDropped: (lower: string) => boolean): string[] {
  return pairs.filter((_, i) => !isDropped((pairs[i - (i % 2)] ?? '').toLowerCase()));
}

const isMark = (lower: string): boolean => MARKS.has(canonicalName(lower));

/** What a header of a response is to the edge. */
type Kind = 'plain' | 'dropped' | 'connection' | 'trailer';

const kinds = new NameTable<Kind>((name) => {
  const lower = name.toLowerCase();
  if (lower === 'connection' || lower === 'trailer') return lower;
  return isHopByHop(lower) || isMark(lower) ? 'dropped' : 'plain';
});

const isChunked = (pairs: readonly string[]): boolean =>
  pairs.some((name, i) => i % 2 === 0 && name.toLowerCase() === 'transfer-encoding');

/** Response headers for the client. `mayTrail`: whether this response can carry trailers. */
export function responseHeaders(pairs: readonly string[], mayTrail: boolean): string[] {
  const kept: string[] = [];
  const connection: string[] = [];
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const name = pairs[i] as string;
    const kind = kinds.kindOf(name, i >> 1);
    if (kind === 'connection') connection.push(pairs[i + 1] as string);
    // Nobody announces trailers where there can be none.
    else if (kind === 'plain' || (kind === 'trailer' && mayTrail && isChunked(pairs)))
      kept.push(name, pairs[i + 1] as string);
  }
  const named = namedBy(connection);
  return named === undefined ? kept : without(kept, (lower) => named.has(lower));
}

/** Trailers for the client. */
export function responseTrailers(pairs: readonly string[]): [string, string][] {
  if (pairs.length === 0) return [];
  const kept = without(pairs, (lower) => isHopByHop(lower) || isMark(lower));
  return kept.flatMap((name, i) => (i % 2 === 0 ? [[name, kept[i + 1] ?? '']] : []));
}
