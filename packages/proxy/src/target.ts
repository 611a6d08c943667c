import { type Refusal, refusal } from './refusal.ts';

/** Where a request goes: what scopes are held against. */
export interface Target {
  /** As the client wrote it; empty for HTTP/1.0 without one. */
  readonly host: string;
  /** With its query, beginning with a slash. */
  readonly path: string;
}

const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i;
const ABSOLUTE = /^https?:\/\/([^/?#]*)([^#]*)$/i;

const malformed = (detail: string): Refusal => refusal('TINCT_EDGE_REQUEST_MALFORMED', detail);

function originForm(rest: string): string {
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** RFC 9112, 3.2.2 lets the absolute form win over Host; a service that reads Host would see another one. */
function absoluteForm(url: string, host: string): Target | Refusal {
  const [, authority = '', rest = ''] = ABSOLUTE.exec(url) ?? [];
  if (authority === '') return malformed('The request target is neither a path nor a URL.');
  if (authority.toLowerCase() !== host.toLowerCase())
    return malformed('The request target names another host than the Host header.');
  return { host, path: originForm(rest) };
}

/** The target that both the edge and the service will see, or why there is no such one. */
export function targetOf(
  url: string,
  hosts: readonly string[],
  oldHttp: boolean,
): Target | Refusal {
  const [host = ''] = hosts;
  if (hosts.length > 1) return malformed('There are several Host headers.');
  if (!HOST.test(host) && !(oldHttp && hosts.length === 0))
    return malformed('The Host header is missing or no host name.');
  if (url.includes('#')) return malformed('The request target has a fragment.');
  if (url === '*')
    return refusal('TINCT_EDGE_METHOD_REFUSED', 'OPTIONS * asks about a server, not a resource.');
  return url.startsWith('/') ? { host, path: url } : absoluteForm(url, host);
}
