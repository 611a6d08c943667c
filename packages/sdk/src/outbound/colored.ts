/** What an outbound request says of Tinct: the request's colors towards allowed hosts, nothing towards others. */
import {
  BAGGAGE_HEADER,
  canonicalName,
  foreignBaggage,
  isBaggageColor,
  joinBaggage,
} from '@tinct/core';
import type { Colors } from '../color/colors.ts';

const PREFIX = 'x-tinct-';
const NOTHING: Colors = { headers: [], baggage: [] };

/** Names and values in turn. A value may be several, as some clients write them. */
export type FlatHeaders = readonly (string | readonly string[])[];

/** Whether a header is Tinct's; `routing`: routing headers with names of their own, as {@link canonicalName} writes them. */
function isOurs(canonical: string, routing: ReadonlySet<string>): boolean {
  return canonical.startsWith(PREFIX) || routing.has(canonical);
}

const valuesOf = (value: string | readonly string[]): readonly string[] =>
  typeof value === 'string' ? [value] : value;

/**
 * Writes colors into a request's headers, in place of all that looked like colors before: what a service copies from
 * the request that it serves goes to no other host by accident. Everyone else's baggage members keep their bytes; all
 * baggage leaves in one header.
 */
export function coloredHeaders(
  headers: FlatHeaders,
  colors: Colors | undefined,
  routing: ReadonlySet<string>,
): (string | readonly string[])[] {
  const { headers: own, baggage: members } = colors ?? NOTHING;
  const kept: (string | readonly string[])[] = [];
  const baggage: string[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = `${headers[i]}`;
    const canonical = canonicalName(name);
    const value = headers[i + 1] as string | readonly string[];
    if (canonical === BAGGAGE_HEADER) baggage.push(...valuesOf(value));
    else if (!isOurs(canonical, routing)) kept.push(name, value);
  }
  const joined = joinBaggage(members, foreignBaggage(baggage));
  if (joined !== '') kept.push(BAGGAGE_HEADER, joined);
  return [...kept, ...own];
}

/** Whether there is anything to take away: most requests to other hosts leave as they are. */
export function showsColors(headers: FlatHeaders, routing: ReadonlySet<string>): boolean {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const canonical = canonicalName(`${headers[i]}`);
    if (isOurs(canonical, routing)) return true;
    const members = canonical === BAGGAGE_HEADER ? valuesOf(headers[i + 1] ?? '') : [];
    if (members.some((value) => value.split(',').some(isBaggageColor))) return true;
  }
  return false;
}
