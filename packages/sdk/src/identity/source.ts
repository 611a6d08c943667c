import { type Finding, finding, type Plan, type Trust } from '@tinct/core';
import type { TokenFailure } from '../jwt/verify.ts';
import { cookieValues } from './cookies.ts';
import { type HeaderValues, headerText } from './headers.ts';

/** A header or a cookie, with who is believed for it. */
export interface Carrier {
  readonly kind: 'header' | 'cookie';
  readonly name: string;
  readonly trust: Trust;
}

/** What a request says through a source: a value, nothing, or something that is not believed. */
export type Reading =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'refused'; readonly failure: TokenFailure }
  | { readonly kind: 'missing' | 'malformed' | 'several' };

const MISSING: Reading = { kind: 'missing' };
const MALFORMED: Reading = { kind: 'malformed' };
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
  if (value === undefined || value === '') return MISSING;
  const text = headerText(value);
  return text === undefined ? MALFORMED : { kind: 'value', value: text };
}

/** What a program can read beside headers and cookies. */
export interface Abilities {
  /** Whether it verifies tokens. */
  readonly tokens: boolean;
  /** Whether it has keys to sign ids with. */
  readonly issued: boolean;
}

/** Warns of sources that this program cannot read. */
export function unsupportedSources(
  plan: Plan,
  { tokens, issued }: Abilities = { tokens: false, issued: false },
): Finding[] {
  const findings: Finding[] = [];
  const warn = (what: string, path: readonly (string | number)[]) =>
    findings.push(
      finding('TINCT_SOURCE_UNSUPPORTED', `${what} is not read here and yields nothing`, path),
    );
  for (const [i, { kind }] of plan.identity.entries()) {
    if (kind === 'jwt' && !tokens) warn('a JWT', ['identity', i, kind]);
    if (kind === 'issued' && !issued) warn('an id that Tinct issues', ['identity', i, kind]);
  }
  for (const [name, { kind }] of Object.entries(plan.attributes))
    if (kind === 'claim' && !tokens) warn('a claim', ['attributes', name, kind]);
  return findings;
}
