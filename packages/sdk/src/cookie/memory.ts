/** Between what `decide` remembers of units and what a cookie may hold of them. */
import type { MemoryEntry } from '@tinct/core';
import type { Units } from '../identity/identity.ts';
import type { StoredEntry } from './content.ts';
import { unitDigest } from './digest.ts';

/** Release → what is remembered of it, as `DecisionContext.memory` takes it. */
export type Memory = Readonly<Record<string, readonly MemoryEntry[] | undefined>>;

/**
 * Stands for a unit that this request does not have. A lone surrogate: `decide` refuses keys that hold one, so no
 * request's key is ever equal to it, whatever a token or a header says.
 */
const UNKNOWN = '\ud800';

/** Entries of the request's own units get their keys back; the others stay closed. */
export function toMemory(stored: readonly StoredEntry[], units: Units): Memory {
  const memory: Record<string, MemoryEntry[]> = Object.create(null);
  const own = digestsOf(units);
  for (const entry of stored) {
    const entries = memory[entry.release] ?? [];
    entries.push(opened(entry, units, own));
    memory[entry.release] = entries;
  }
  return memory;
}

interface Digests {
  /** Unit type → digest of the request's key. */
  readonly byType: ReadonlyMap<string, string>;
  /** Digest → key, of units that an entry may be bound to. */
  readonly bound: ReadonlyMap<string, string>;
}

function digestsOf(units: Units): Digests {
  const known = Object.entries(units).filter(([, key]) => key.isWellFormed());
  return {
    byType: new Map(known.map(([type, key]) => [type, unitDigest(type, key)])),
    bound: new Map(known.map(([, key]) => [unitDigest('', key), key])),
  };
}

function opened(
  { variant, unitType: type, unit, epoch, at, boundTo }: StoredEntry,
  units: Units,
  { byType, bound }: Digests,
): MemoryEntry {
  const key = byType.get(type) === unit ? (units[type] as string) : UNKNOWN + unit;
  const entry = { variant, unit: { type, key }, epoch, at };
  return boundTo === undefined
    ? entry
    : { ...entry, boundTo: bound.get(boundTo) ?? UNKNOWN + boundTo };
}

const closed = (type: string, key: string): string =>
  key.startsWith(UNKNOWN) ? key.slice(UNKNOWN.length) : unitDigest(type, key);

/** The way back, oldest first. */
export function fromMemory(memory: Memory): StoredEntry[] {
  const entries = Object.entries(memory).flatMap(([release, remembered = []]) =>
    remembered.map(({ variant, unit, epoch, at, boundTo }) => {
      const { type } = unit;
      const entry = {
        release,
        variant,
        unitType: type,
        unit: closed(type, unit.key),
        epoch,
        at,
      };
      return boundTo === undefined ? entry : { ...entry, boundTo: closed('', boundTo) };
    }),
  );
  return entries.sort((a, b) => a.at - b.at);
}
