/** The heads of messages that cross the edge: what is rebuilt on the way in, what is taken off on the way out. */
import type { ColoredRequest } from '../color.ts';
import type { Exchange } from '../exchange.ts';
import { hopByHop } from '../hop-by-hop.ts';
import { canonicalName } from '../plan-view.ts';

/** The marks by which the services tell the edge who answered. Nobody else needs to know. */
const MARKS: ReadonlySet<string> = new Set(['x-tinct-served', 'x-tinct-routed', 'x-tinct-explain']);

const IPV4_IN_IPV6 = /^::ffff:(?=\d+\.)/i;

/** Adds this hop's word about the client. What a peer that is no trusted hop says of protocol and host is not passed on. */
export function requestHeaders(
  request: ColoredRequest,
  { socket, trusted, encrypted }: Exchange,
): string[] {
  const { forwarded, host } = request;
  const peer = (socket.remoteAddress ?? 'unknown').replace(IPV4_IN_IPV6, '');
  const headers = [...request.headers, 'x-forwarded-for', [...forwarded.for, peer].join(', ')];
  const scheme = encrypted ? 'https' : 'http';
  const proto = trusted ? forwarded.proto : [];
  const hosts = trusted ? forwarded.host : [];
  headers.push('x-forwarded-proto', proto.length > 0 ? proto.join(', ') : scheme);
  const seenHost = hosts.length > 0 ? hosts.join(', ') : host;
  if (seenHost !== '') headers.push('x-forwarded-host', seenHost);
  return headers;
}

function valuesOf(pairs: readonly string[], lower: string): string[] {
  return pairs.filter((_, i) => i % 2 === 1 && pairs[i - 1]?.toLowerCase() === lower);
}

function without(pairs: readonly string[], isDropped: (lower: string) => boolean): string[] {
  return pairs.filter((_, i) => !isDropped((pairs[i - (i % 2)] ?? '').toLowerCase()));
}

const isMark = (lower: string): boolean => MARKS.has(canonicalName(lower));

/** Response headers for the client. `mayTrail`: whether this response can carry trailers. */
export function responseHeaders(pairs: readonly string[], mayTrail: boolean): string[] {
  const isHopByHop = hopByHop(valuesOf(pairs, 'connection'));
  const chunked = valuesOf(pairs, 'transfer-encoding').length > 0;
  return without(
    pairs,
    (lower) =>
      isHopByHop(lower) ||
      isMark(lower) ||
      // Node refuses to announce trailers where there can be none.
      (lower === 'trailer' && !(chunked && mayTrail)),
  );
}

/** Trailers for the client. */
export function responseTrailers(pairs: readonly string[]): [string, string][] {
  const isHopByHop = hopByHop([]);
  const kept = without(pairs, (lower) => isHopByHop(lower) || isMark(lower));
  return kept.flatMap((name, i) => (i % 2 === 0 ? [[name, kept[i + 1] ?? '']] : []));
}
