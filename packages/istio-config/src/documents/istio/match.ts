/** How Istio's routes recognise a color. */
import { BAGGAGE_HEADER, formatBaggageMember } from '@tinct/core';
import type { Color } from '../../routes/routing.ts';
import type { Carrier } from '../options.ts';

/** Where a route is read: at a gateway, or by the sidecars and waypoints of the mesh. */
export type Place = 'gateway' | 'mesh';

export interface Matching {
  readonly place: Place;
  readonly carrier: Carrier;
}

/** Envoy's default bound for a regular expression's program, and Istio's for its text. */
export const MAX_REGEX = 1024;

/** A part of Istio's HTTPMatchRequest. */
export interface ColorMatch {
  readonly headers: Readonly<
    Record<string, { readonly exact: string } | { readonly regex: string }>
  >;
  readonly withoutHeaders?: Readonly<Record<string, Record<string, never>>>;
}

/** Characters that mean something to RE2. */
const SPECIAL = /[.\\+*?()|[\]{}^$]/g;

/**
 * An RE2 expression for a whole `baggage` header with the color's member anywhere in it. Members stand between commas
 * (W3C Baggage has no quotes), with optional white space around key and value, and may have properties.
 */
export function baggageRegex({ release, variant }: Pick<Color, 'release' | 'variant'>): string {
  const [key = '', value = ''] = formatBaggageMember(release, variant)
    .split('=')
    .map((part) => part.replace(SPECIAL, '\\$&'));
  return `(?:.*,)?[ \\t]*${key}[ \\t]*=[ \\t]*${value}[ \\t]*(?:[;,].*)?`;
}

/**
 * The matches of a color, of which one must hold. At a gateway only the header counts: the edge has just written it.
 * Inside the mesh a service may have dropped it and kept the baggage, which counts only where the header is missing.
 */
export function colorMatches(color: Color, { place, carrier }: Matching): ColorMatch[] {
  const byHeader = { headers: { [color.header]: { exact: color.variant } } };
  return place === 'gateway' || carrier === 'header' ? [byHeader] : [byHeader, baggageMatch(color)];
}

export function baggageMatch(color: Color): ColorMatch {
  return {
    headers: { [BAGGAGE_HEADER]: { regex: baggageRegex(color) } },
    withoutHeaders: { [color.header]: {} },
  };
}
