/** What the cookie says, and how it is written as JSON. No keys here: whoever calls has checked the MAC. */
import { LABEL } from '@tinct/core';

/** An assignment that the cookie remembers. Units are digests: see `unitDigest`. */
export interface StoredEntry {
  readonly release: string;
  readonly variant: string;
  readonly unitType: string;
  readonly unit: string;
  readonly epoch: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly boundTo?: string;
}

export interface CookieContent {
  /** The id that Tinct issued to this browser. */
  readonly id: string | undefined;
  /** Of the plan under which this was written. */
  readonly revision: number;
  /** In whole seconds since the epoch. */
  readonly expires: number;
  readonly memory: readonly StoredEntry[];
}

type Json = Readonly<Record<string, unknown>>;

/** 16 bytes in base64url: ids that Tinct issues, and digests. */
const SHORT = /^[A-Za-z0-9_-]{21}[AQgw]$/;

const isShort = (value: unknown): value is string => typeof value === 'string' && SHORT.test(value);
const isLabel = (value: unknown): value is string => typeof value === 'string' && LABEL.test(value);
const isCounter = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) > 0;

/** Short keys and arrays: every byte is sent with every request. */
export function formatContent({ id, revision, expires, memory }: CookieContent): string {
  const mem = memory.map(({ release, variant, unitType, unit, epoch, at, boundTo }) => {
    const entry = [release, variant, unitType, unit, epoch, at];
    return boundTo === undefined ? entry : [...entry, boundTo];
  });
  return JSON.stringify({ id, rev: revision, exp: expires, mem });
}

/** `undefined` if it is not what {@link formatContent} writes. */
export function parseContent(text: string): CookieContent | undefined {
  const { id, rev, exp, mem } = objectOf(text) ?? {};
  if (!(id === undefined || isShort(id)) || !isCounter(rev) || !isCounter(exp)) return undefined;
  if (!Array.isArray(mem)) return undefined;
  const memory = mem.map(parseEntry);
  if (!memory.every((entry) => entry !== undefined)) return undefined;
  return { id, revision: rev, expires: exp, memory };
}

function objectOf(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

function parseEntry(value: unknown): StoredEntry | undefined {
  if (!Array.isArray(value) || value.length < 6 || value.length > 7) return undefined;
  const [release, variant, unitType, unit, epoch, at, boundTo] = value as unknown[];
  if (!isLabel(release) || !isLabel(variant) || !isLabel(unitType) || !isShort(unit))
    return undefined;
  if (!isCounter(epoch) || !isCounter(at)) return undefined;
  const entry = { release, variant, unitType, unit, epoch, at };
  if (value.length === 6) return entry;
  return isShort(boundTo) ? { ...entry, boundTo } : undefined;
}
