import type { IdentitySource } from '@tinct/core';
import type { Verdicts } from '../jwt/tokens.ts';
import type { TokenFailure } from '../jwt/verify.ts';
import { Bag } from './bag.ts';
import type { HeaderValues } from './headers.ts';
import { type Reading, read } from './source.ts';

/** Unit type → targeting key. Nothing is inherited: a unit type may have any name. */
export type Units = Readonly<Record<string, string>>;

/** Why a source yields nothing although the request has something for it. */
export type IdentityFailure =
  | `${'header' | 'cookie'}.${'several' | 'malformed'}`
  | `jwt.${TokenFailure}`;

/** What was verified of a request before its units are read. */
export interface Proven {
  readonly verdicts?: Verdicts | undefined;
  /** The id that Tinct issued to this visitor. */
  readonly issued?: string | undefined;
}

/** Reads a request's units. `trusted`: whether its peer is one of the trusted hops. */
export type ReadUnits = (
  headers: HeaderValues,
  trusted: boolean,
  proven?: Proven,
  failed?: (failure: IdentityFailure) => void,
) => Units;

type JwtSource = Extract<IdentitySource, { kind: 'jwt' }>;

const MISSING: Reading = { kind: 'missing' };
const refused = (failure: TokenFailure): Reading => ({ kind: 'refused', failure });

/** Ids are texts; a number that is written out in full is one too. */
function readClaim({ claim }: JwtSource, claims: object): Reading {
  const value: unknown = Object.hasOwn(claims, claim) ? claims[claim as never] : undefined;
  if (typeof value === 'string' && value !== '') return { kind: 'value', value };
  return Number.isSafeInteger(value) ? { kind: 'value', value: `${value}` } : refused('claim');
}

function readToken(source: JwtSource, verdicts: Verdicts | undefined): Reading {
  const verdict = verdicts?.get(source);
  if (verdict === undefined) return MISSING;
  return 'claims' in verdict ? readClaim(source, verdict.claims) : refused(verdict.failure);
}

function readSource(
  source: IdentitySource,
  headers: HeaderValues,
  trusted: boolean,
  { verdicts, issued }: Proven,
): Reading {
  if (source.kind === 'jwt') return readToken(source, verdicts);
  if (source.kind !== 'issued') return read(source, headers, trusted);
  return issued === undefined ? MISSING : { kind: 'value', value: issued };
}

/** Whether the search for a unit goes on: a token of another issuer is for another source to look at. */
const goesOn = (reading: Reading): boolean =>
  reading.kind === 'missing' ||
  reading.kind === 'malformed' ||
  (reading.kind === 'refused' && reading.failure === 'issuer');

/** Where several issuers are known, a token is of one of them: the others' no is none. */
const isKnown = (verdicts: Verdicts | undefined): boolean =>
  [...(verdicts?.values() ?? [])].some((verdict) => 'claims' in verdict);

function failureOf(
  { kind }: IdentitySource,
  reading: Reading,
  { verdicts }: Proven,
): IdentityFailure | undefined {
  if (reading.kind === 'refused')
    return reading.failure === 'issuer' && isKnown(verdicts) ? undefined : `jwt.${reading.failure}`;
  if (reading.kind !== 'several' && reading.kind !== 'malformed') return undefined;
  return kind === 'header' || kind === 'cookie' ? `${kind}.${reading.kind}` : undefined;
}

/**
 * Of each unit type the first source that yields a value wins. A source with several values, or with a token that is
 * refused, ends the search for its unit type: nobody may step down to a weaker source by spoiling a stronger one.
 */
export function identityReader(identity: readonly IdentitySource[]): ReadUnits {
  return (headers, trusted, proven = {}, failed = () => {}) => {
    const units = new Bag<string>() as Record<string, string>;
    let ended: string[] | undefined;
    for (const source of identity) {
      const { unit } = source;
      if (unit in units || ended?.includes(unit)) continue;
      const reading = readSource(source, headers, trusted, proven);
      if (reading.kind === 'value') units[unit] = reading.value;
      else if (!goesOn(reading)) ended = [...(ended ?? []), unit];
      const failure = failureOf(source, reading, proven);
      if (failure !== undefined) failed(failure);
    }
    return units;
  };
}
