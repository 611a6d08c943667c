import { type Finding, finding, type Plan, type Trust } from '@tinct/core';
import { cookieValues } from './cookies.ts';
import { type HeaderValues, headerText } from './headers.ts';

/** A header or a cookie, with who is believed for it. */
export interface Carrier {
  readonly kind: 'header' | 'cookie';
  readonly name: string;
  readonly trust: Trust;
}

/** What a request says through a carrier: a value, nothing, or too much. */
export type Reading =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'missing' | 'several' };

const MISSING: Reading = { kind: 'missing' };
const SEVERAL: Reading = { kind: 'several' };

/** All values that a carrier gives, from a peer that is believed for it. */
export function valuesOf(
  { kind, name, trust }: Carrier,
  headers: HeaderValues,
  trusted: boolean,
): readonly string[] {
  if (trust === 'hops' && !trusted) return [];
  return kind === 'header' ? headers(name.toLowerCase()) : cookieValues(headers, name);
}

/**
 * The one value of a carrier. Two values are an attack or a mistake, and which of them the service will believe is
 * not to be known here.
 */
export function read(carrier: Carrier, headers: HeaderValues, trusted: boolean): Reading {
  const values = valuesOf(carrier, headers, trusted);
  if (values.length > 1) return SEVERAL;
  const [value] = values;
  const text = value === undefined ? undefined : headerText(value);
  return text === undefined || text === '' ? MISSING : { kind: 'value', value: text };
}

/** Warns of sources that a program without token verification and without signed cookies cannot read. */
export function unsupportedSources(plan: Plan): Finding[] {
  const findings: Finding[] = [];
  const warn = (what: string, path: readonly (string | number)[]) =>
    findings.push(
      finding('TINCT_SOURCE_UNSUPPORTED', `${what} is not read here and yields nothing`, path),
    );
  for (const [i, source] of plan.identity.entries())
    if (source.kind === 'jwt' || source.kind === 'issued')
      warn(source.kind === 'jwt' ? 'a JWT' : 'an id that Tinct issues', [
        'identity',
        i,
        source.kind,
      ]);
  for (const [name, source] of Object.entries(plan.attributes))
    if (source.kind === 'claim') warn('a claim', ['attributes', name, 'claim']);
  return findings;
}
