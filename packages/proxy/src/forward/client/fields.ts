import { constants, type Http2Stream, type OutgoingHttpHeaders } from 'node:http2';

/** Node's HTTP/2 takes an object with names in lower case; duplicates become lists. */
export function fieldsObject(pairs: readonly string[]): OutgoingHttpHeaders {
  const headers: Record<string, string | string[]> = {};
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const name = (pairs[i] as string).toLowerCase();
    const value = pairs[i + 1] as string;
    const known = Object.hasOwn(headers, name) ? headers[name] : undefined;
    headers[name] = known === undefined ? value : [known, value].flat();
  }
  return headers;
}

/** What Node's HTTP/2 takes once only, where it can't be asked to take more: Node 22 throws (`kSingleValueFields` in its sources). */
const ONCE: ReadonlySet<string> = new Set(
  `access-control-allow-credentials access-control-max-age access-control-request-method age authorization
  content-encoding content-language content-length content-location content-md5 content-range content-type date dnt
  etag expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified location
  max-forwards proxy-authorization range referer retry-after tk upgrade-insecure-requests user-agent
  x-content-type-options`.split(/\s+/),
);

/** Of what may stand there once the first counts, as in Node's own clients. */
function once(fields: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const entries = Object.entries(fields).map(([name, value]) => [
    name,
    Array.isArray(value) && ONCE.has(name) ? value[0] : value,
  ]);
  return Object.fromEntries(entries);
}

const isTwice = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException).code === 'ERR_HTTP2_HEADER_SINGLE_VALUE';

/**
 * Says fields on a stream. Services and clients can send any, and Node throws for some: those that came twice are said
 * once; what can't be said at all ends the stream, and nothing else.
 */
export function saying<S extends Pick<Http2Stream, 'close'>>(
  stream: S,
  fields: OutgoingHttpHeaders,
  say: (stream: S, fields: OutgoingHttpHeaders) => void,
): void {
  try {
    try {
      say(stream, fields);
    } catch (error) {
      if (!isTwice(error)) throw error;
      say(stream, once(fields));
    }
  } catch {
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }
}

/** What is no pseudo-header. */
export function withoutPseudo(pairs: readonly string[]): string[] {
  return pairs.filter((_, i) => !(pairs[i - (i % 2)] ?? '').startsWith(':'));
}
