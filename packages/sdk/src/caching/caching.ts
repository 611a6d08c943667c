/** What shared caches may do with a response that depends on who asks. */
import type { Decision, Plan, Reason } from '@tinct/core';

/** What shared caches are told of responses that depend on a decision. `docs/lifecycle.md` has the table. */
export const CACHING = ['auto', 'vary', 'private', 'off'] as const;
export type Caching = (typeof CACHING)[number];

/** What the decisions under a plan hang on. */
export interface Carriers {
  /** Request headers, in lower case, that a cache in front of the edge sees as the edge does. */
  readonly named: readonly string[];
  /** Whether something decides that such a cache may not see: what a hop behind it adds. */
  readonly hidden: boolean;
}

/** Who set a header that only hops are believed for is not to be known here: a hop on either side of the cache. */
export function carriersOf({ identity, attributes, releases }: Plan, signs: boolean): Carriers {
  const named = new Set<string>();
  let hidden = false;
  for (const source of [...identity, ...Object.values(attributes)]) {
    if (source.kind === 'jwt') named.add('header' in source.from ? source.from.header : 'cookie');
    if (source.kind === 'issued') named.add('cookie');
    if (source.kind !== 'header' && source.kind !== 'cookie') continue;
    named.add(source.kind === 'header' ? source.name.toLowerCase() : 'cookie');
    if (source.kind === 'header' && source.trust === 'hops') hidden = true;
  }
  const remembers = Object.values(releases).some(({ memory }) => memory !== undefined);
  if (signs && remembers) named.add('cookie');
  return { named: [...named].sort(), hidden };
}

/** The same for everyone, whoever asks. */
const FOR_EVERYONE: ReadonlySet<Reason> = new Set<Reason>(['DISABLED', 'STATIC']);

/** How a response is marked. */
export type Marking = 'private' | 'vary' | 'none';

/** A response to one tester, or one that sets a cookie, is nobody else's whatever the setting. */
export function markingOf(
  decisions: readonly Decision[],
  { hidden, named }: Carriers,
  caching: Caching,
  isPersonal: boolean,
): Marking {
  if (isPersonal || decisions.some(({ reason }) => reason === 'OVERRIDE')) return 'private';
  if (caching === 'off' || decisions.every(({ reason }) => FOR_EVERYONE.has(reason))) return 'none';
  if (caching === 'private' || (caching === 'auto' && hidden)) return 'private';
  return named.length === 0 ? 'none' : 'vary';
}

const CACHE_CONTROL = 'cache-control';
/** Headers that some caches obey before Cache-Control (RFC 9213, and what was there before it). */
const TARGETED = /^(?:.+-cache-control|surrogate-control|x-accel-expires)$/;
const DIRECTIVE = /(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g;
const SHARED = /^(?:public|private|s-maxage|proxy-revalidate)(?:$|[\s=])/i;

function pairsOf(headers: readonly string[]): (readonly [name: string, value: string])[] {
  return headers.flatMap((name, i) => (i % 2 === 0 ? [[name, headers[i + 1] ?? ''] as const] : []));
}

/** Of what Cache-Control says, that which is not about shared caches. */
function unshared(value: string): string[] {
  const parts = value.includes(',') ? (value.match(DIRECTIVE) ?? []) : [value];
  const directives = parts.map((directive) => directive.trim());
  return directives.filter((text) => text !== '' && !SHARED.test(text));
}

/** For this client alone. What else Cache-Control says stays. */
export function makePrivate(headers: readonly string[]): string[] {
  const kept: string[] = [];
  const directives = ['private'];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] as string;
    const value = headers[i + 1] as string;
    // No shorter name says anything to caches.
    const lower = name.length < CACHE_CONTROL.length ? '' : name.toLowerCase();
    if (lower === CACHE_CONTROL) directives.push(...unshared(value));
    else if (lower === '' || !TARGETED.test(lower)) kept.push(name, value);
  }
  kept.push(CACHE_CONTROL, directives.join(', '));
  return kept;
}

/** Other requests are other responses if they differ in these headers. */
export function addVary(headers: readonly string[], names: readonly string[]): string[] {
  const said = pairsOf(headers)
    .filter(([name]) => name.toLowerCase() === 'vary')
    .flatMap(([, value]) => value.split(','))
    .map((name) => name.trim().toLowerCase());
  const missing = said.includes('*') ? [] : names.filter((name) => !said.includes(name));
  return missing.length === 0 ? [...headers] : [...headers, 'vary', missing.join(', ')];
}
