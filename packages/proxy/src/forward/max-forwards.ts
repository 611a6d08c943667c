/** How many hops an OPTIONS request may still go (RFC 9110, 7.6.2). TRACE, its other use, is refused. */
import type { ColoredRequest } from '../color.ts';

/** What no recipient can read is left alone. */
const NUMBER = /^\d{1,9}$/;

const at = (headers: readonly string[]): number =>
  headers.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'max-forwards');

/** The request for the next hop; undefined: it ends here. */
export function nextHop(request: ColoredRequest): ColoredRequest | undefined {
  if (request.method !== 'OPTIONS') return request;
  const { headers } = request;
  const value = headers[at(headers) + 1] ?? '';
  if (at(headers) < 0 || !NUMBER.test(value)) return request;
  if (Number(value) === 0) return undefined;
  const left = headers.with(at(headers) + 1, String(Number(value) - 1));
  return { ...request, headers: left };
}
