/** Override links: answered by the edge, and no service sees the token. */

import { isNavigation, rawHeaderValues } from '@tinct/sdk';
import { type Refusal, refusal } from '../refusal.ts';
import type { CleanRequest } from '../sanitize.ts';
import { type OverrideLink, overrideLink } from './overrides.ts';
import type { Visitors } from './visitors.ts';

/** What may stand in a Location. */
const PLAIN = /^[\x21-\x7e]*$/;

/** The override link that a request follows: a page that somebody goes to, where there are keys to check it. */
export function linkOf({ path, method, headers }: CleanRequest, { desk }: Visitors) {
  const link = desk.isOpen ? overrideLink(path) : undefined;
  return link !== undefined && isNavigation(method, rawHeaderValues(headers)) ? link : undefined;
}

/** The answer to a link that holds: 303, with these headers, names and values in turn. */
export interface Redirect {
  readonly headers: string[];
}

/** Sets the cookie and leads to the same page without the token. An empty token takes the cookie back. */
export async function follow(
  { tokens: [token = '', ...more], location }: OverrideLink,
  { desk, jar, names, failures }: Visitors,
  now: number,
): Promise<Refusal | Redirect> {
  const result = more.length > 0 || !PLAIN.test(location) ? 'several' : await cookieFor();
  if (typeof result === 'string') {
    failures.add(`override.${result}`);
    return refusal('TINCT_EDGE_OVERRIDE_REFUSED');
  }
  const headers = ['location', location, 'set-cookie', result.cookie, 'content-length', '0'];
  return { headers: [...headers, 'cache-control', 'no-store', 'referrer-policy', 'no-referrer'] };

  async function cookieFor() {
    if (token === '') return { cookie: jar.setCookie(names.override, '', 0) };
    const override = await desk.verify(token);
    return typeof override === 'string'
      ? override
      : { cookie: jar.setCookie(names.override, token, override.expires - now) };
  }
}
