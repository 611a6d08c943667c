import type { OutgoingHttpHeaders } from 'node:http2';

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

/** What is no pseudo-header. */
export function withoutPseudo(pairs: readonly string[]): string[] {
  return pairs.filter((_, i) => !(pairs[i - (i % 2)] ?? '').startsWith(':'));
}
