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
  /** `stickySince` of the plan that assigned it; milliseconds since the epoch. */
  readonly since?: number;
}

/** What was decided last for a unit, and by which plan. */
export interface StoredDecision {
  readonly release: string;
  readonly variant: string;
  readonly unitType: string;
  /** Its digest. */
  readonly unit: string;
  readonly epoch: number;
  readonly revision: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface CookieContent {
  /** The id that Tinct issued to this browser. */
  readonly id: string | undefined;
  /** Of the plan under which this was written. */
  readonly revision: number;
  /** In whole seconds since the epoch. */
  readonly expires: number;
  readonly memory: readonly StoredEntry[];
  /** At most one for each release. */
  readonly last: readonly StoredDecision[];
}

type Json = Readonly<Record<string, unknown>>;

/** 16 bytes in base64url: ids that Tinct issues, and digests. */
const SHORT = /^[A-Za-z0-9_-]{21}[AQgw]$/;

const isShort = (value: unknown): value is string => typeof value === 'string' && SHORT.test(value);
const isLabel = (value: unknown): value is string => typeof value === 'string' && LABEL.test(value);
const isCounter = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) > 0;

/** Short keys and arrays: every byte is sent with every request. */
export function formatContent({ id, revision, expires, memory, last }: CookieContent): string {
  const mem = memory.map(({ release, variant, unitType, unit, epoch, at, boundTo, since }) => {
    const entry = [release, variant, unitType, unit, epoch, at];
    if (since !== undefined) return [...entry, boundTo ?? null, since];
    return boundTo === undefined ? entry : [...entry, boundTo];
  });
  const content = { id, rev: revision, exp: expires, mem };
  return JSON.stringify(last.length === 0 ? content : { ...content, last: last.map(formatLast) });
}

const formatLast = (decision: StoredDecision) => {
  const { release, variant, unitType, unit, epoch, revision, at } = decision;
  return [release, variant, unitType, unit, epoch, revision, at];
};

/** `undefined` if it is not what {@link formatContent} writes. */
export function parseContent(text: string): CookieContent | undefined {
  const { id, rev, exp, mem, last = [] } = objectOf(text) ?? {};
  if (!(id === undefined || isShort(id)) || !isCounter(rev) || !isCounter(exp)) return undefined;
  if (!Array.isArray(mem) || !Array.isArray(last)) return undefined;
  const memory = mem.map(parseEntry);
  if (!memory.every((entry) => entry !== undefined)) return undefined;
  const decided = last.map(parseLast);
  if (!decided.every((decision) => decision !== undefined)) return undefined;
  return { id, revision: rev, expires: exp, memory, last: decided };
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
  if (!Array.isArray(value) || value.length < 6 || value.length > 8) return undefined;
  const [release, variant, unitType, unit, epoch, at, boundTo, since] = value as unknown[];
  if (!isLabel(release) || !isLabel(variant) || !isLabel(unitType) || !isShort(unit))
    return undefined;
  if (!isCounter(epoch) || !isCounter(at)) return undefined;
  const entry = { release, variant, unitType, unit, epoch, at };
  if (value.length === 6) return entry;
  const isBound = isShort(boundTo);
  if (value.length === 7) return isBound ? { ...entry, boundTo } : undefined;
  if (!(isBound || boundTo === null) || !(since === 0 || isCounter(since))) return undefined;
  return { ...entry, ...(isBound && { boundTo }), since };
}

function parseLast(value: unknown): StoredDecision | undefined {
  if (!Array.isArray(value) || value.length !== 7) return undefined;
  const [release, variant, unitType, unit, epoch, revision, at] = value as unknown[];
  if (!isLabel(release) || !isLabel(variant) || !isLabel(unitType) || !isShort(unit))
    return undefined;
  if (!isCounter(epoch) || !isCounter(revision) || !isCounter(at)) return undefined;
  return { release, variant, unitType, unit, epoch, revision, at };
}
