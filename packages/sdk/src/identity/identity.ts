import type { IdentitySource } from '@tinct/core';
import type { HeaderValues } from './headers.ts';
import { type Carrier, read } from './source.ts';

/** Unit type → targeting key. */
export type Units = Readonly<Record<string, string>>;

/** Reads a request's units. `trusted`: whether its peer is one of the trusted hops. */
export type ReadUnits = (headers: HeaderValues, trusted: boolean) => Units;

type CarriedSource = Carrier & { readonly unit: string };

const isCarried = (source: IdentitySource): source is CarriedSource & IdentitySource =>
  source.kind === 'header' || source.kind === 'cookie';

/**
 * Of each unit type the first source that yields a value wins. A source with several values ends the search for its
 * unit type: nobody may step down to a weaker source by doubling a stronger one.
 */
export function identityReader(identity: readonly IdentitySource[]): ReadUnits {
  const sources = identity.filter(isCarried);
  return (headers, trusted) => {
    const units: Record<string, string> = Object.create(null);
    const ambiguous = new Set<string>();
    for (const source of sources) {
      const { unit } = source;
      if (unit in units || ambiguous.has(unit)) continue;
      const reading = read(source, headers, trusted);
      if (reading.kind === 'value') units[unit] = reading.value;
      else if (reading.kind === 'several') ambiguous.add(unit);
    }
    return units;
  };
}
