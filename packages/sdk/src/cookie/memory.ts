/** Between what `decide` remembers of units and what a cookie may hold of them. */
import type { MemoryEntry } from '@tinct/core';
import type { Units } from '../identity/identity.ts';
import { ownText } from '../text/own-text.ts';
import type { StoredEntry } from './content.ts';
import { unitDigest } from './digest.ts';

/** Release → what is remembered of it, as `DecisionContext.memory` takes it. */
export type Memory = Readonly<Record<string, readonly MemoryEntry[] | undefined>>;

/**
 * Stands for a unit that this request does not have. A lone surrogate: `decide` refuses keys that hold one, so no
 * request's key is ever equal to it, whatever a token or a header says.
 */
const UNKNOWN = '\ud800';

type DigestOf = (type: string, key: string) => string;

/** Each digest is made once, and only if an entry could be of it. */
function digester(): DigestOf {
  const known = new Map<string, string>();
  return (type, key) => {
    // A unit type is a label: no space is in it.
    const name = `${type} ${key}`;
    const digest = known.get(name) ?? unitDigest(type, key);
    known.set(name, digest);
    return digest;
  };
}

/** What was made of a cookie's entries last: a visitor asks many times with the same cookie, as the same units. */
const made = new WeakMap<
  readonly StoredEntry[],
  { readonly units: Units; readonly memory: Memory }
>();

function areSame(a: Units, b: Units): boolean {
  for (const type in a) if (a[type] !== b[type]) return false;
  for (const type in b) if (!(type in a)) return false;
  return true;
}

/** What is kept of a request does not keep its head. */
function ownTexts(units: Units): Units {
  const own: Record<string, string> = Object.create(null);
  for (const [type, key] of Object.entries(units)) own[type] = ownText(key);
  return own;
}

/** Entries of the request's own units get their keys back; the others stay closed. Nobody may change what is returned. */
export function toMemory(stored: readonly StoredEntry[], units: Units): Memory {
  const known = made.get(stored);
  if (known !== undefined && areSame(known.units, units)) return known.memory;
  const own = ownTexts(units);
  const memory = memoryOf(stored, own);
  made.set(stored, { units: own, memory });
  return memory;
}

function memoryOf(stored: readonly StoredEntry[], units: Units): Memory {
  const memory: Record<string, MemoryEntry[]> = Object.create(null);
  const digestOf = digester();
  for (const entry of stored) {
    const made = opened(entry, units, digestOf);
    const others = memory[entry.release];
    // An array that was empty when it got its first one has room for 17.
    if (others === undefined) memory[entry.release] = [made];
    else others.push(made);
  }
  return memory;
}

function opened(
  { variant, unitType: type, unit, epoch, at, boundTo, since }: StoredEntry,
  units: Units,
  digestOf: DigestOf,
): MemoryEntry {
  const own = Object.hasOwn(units, type) ? units[type] : undefined;
  const isOwn = own?.isWellFormed() === true && digestOf(type, own) === unit;
  const key = isOwn ? own : UNKNOWN + unit;
  const entry = { variant, unit: { type, key }, epoch, at, ...(since !== undefined && { since }) };
  if (boundTo === undefined) return entry;
  const known = Object.values(units).filter((candidate) => candidate.isWellFormed());
  const user = known.find((candidate) => digestOf('', candidate) === boundTo);
  return { ...entry, boundTo: user ?? UNKNOWN + boundTo };
}

const closed = (type: string, key: string): string =>
  key.startsWith(UNKNOWN) ? key.slice(UNKNOWN.length) : unitDigest(type, key);

/** The way back, oldest first. */
export function fromMemory(memory: Memory): StoredEntry[] {
  const entries = Object.entries(memory).flatMap(([release, remembered = []]) =>
    remembered.map(({ variant, unit, epoch, at, boundTo, since }) => {
      const { type } = unit;
      const entry = {
        release,
        variant,
        unitType: type,
        unit: closed(type, unit.key),
        epoch,
        at,
        ...(since !== undefined && { since }),
      };
      return boundTo === undefined ? entry : { ...entry, boundTo: closed('', boundTo) };
    }),
  );
  return entries.sort((a, b) => a.at - b.at);
}
