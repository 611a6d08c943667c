/** The visitor's cookie: read, and written again when something in it changed. */
import { stringifySetCookie } from 'cookie';
import type { StoredDecision } from '../cookie/content.ts';
import { fromMemory, type Memory } from '../cookie/memory.ts';
import {
  type CookieFailure,
  type MacKeys,
  macKeys,
  type OpenedCookie,
  openCookie,
  sealCookie,
} from '../cookie/seal.ts';
import type { KeySet } from '../keys/keyset.ts';
import { ownText } from '../text/own-text.ts';
import { freshId } from './fresh-id.ts';
import { Known } from './known.ts';
import type { CookieNames } from './own-cookies.ts';

export interface CookieSettings {
  /** Behind the prefix. Default `tinct`. */
  readonly name: string;
  /** Shares the cookie with the subdomains of this one. Default: the host alone. */
  readonly domain: string | undefined;
  /** Default 400 days, the longest that browsers keep one. */
  readonly maxAgeMs: number;
}

/** Who is at the other end, as far as the cookie tells. */
export interface Visitor {
  /** The cookie, if it is believed. */
  readonly opened: OpenedCookie | undefined;
  /** The id that Tinct issued, now or earlier. */
  readonly id: string | undefined;
  readonly isNew: boolean;
}

/** What came of a request for the cookie. */
export interface Changes {
  /** What is remembered now, if that is other than what the cookie says. */
  readonly memory: Memory | undefined;
  /** What was decided last; the cookie's own list if that is the same. */
  readonly last?: readonly StoredDecision[];
  /** Whether a decision was made by the id. */
  readonly isUsed: boolean;
  readonly revision: number;
}

export interface JarOptions extends CookieSettings {
  readonly names: CookieNames;
  readonly now: () => number;
  readonly failed: (failure: `tinct-cookie.${CookieFailure}`) => void;
}

/**
 * How much memory the cookies may take that are known by their value, in bytes: a visitor asks many times with the same.
 * It holds those of some 29,000 visitors.
 */
const KNOWN_BYTES = 64 * 1024 * 1024;
const MAX_KNOWN_LENGTH = 1024;
/**
 * What one takes, by the heap with 8,000 of them, with all that requests make of it: 0.8 kB for 146 characters without an
 * assignment, 1.6 kB for 346 with an assignment and a last decision, 5.1 kB for 945 with ten assignments.
 */
const ENTRY_BYTES = 256;
const BYTES_PER_CHARACTER = 6;

const bytesOf = (value: string): number => ENTRY_BYTES + BYTES_PER_CHARACTER * value.length;

const NOBODY: Visitor = { opened: undefined, id: undefined, isNew: false };

export class CookieJar {
  readonly #options: JarOptions;
  #keys: MacKeys | undefined;
  #known = new Known<OpenedCookie>(KNOWN_BYTES);

  constructor(keys: KeySet | undefined, options: JarOptions) {
    this.#options = options;
    this.use(keys);
  }

  /** These keys sign and check from now on. */
  use(keys: KeySet | undefined): void {
    this.#keys = keys && macKeys(keys);
    this.#known = new Known(KNOWN_BYTES);
  }

  /** `mayIssue`: whether a visitor without an id gets one. */
  open(values: readonly string[], mayIssue: boolean): Visitor {
    const keys = this.#keys;
    if (keys === undefined) return NOBODY;
    const opened = this.#believed(values, keys);
    const known = opened?.content.id;
    if (known === undefined && mayIssue) return { opened, id: freshId(), isNew: true };
    return opened === undefined ? NOBODY : { opened, id: known, isNew: false };
  }

  #believed([value, ...more]: readonly string[], keys: MacKeys): OpenedCookie | undefined {
    const { failed } = this.#options;
    if (value === undefined) return undefined;
    const opened = more.length > 0 ? 'several' : this.#opened(value, keys);
    if (typeof opened !== 'string') return opened;
    failed(`tinct-cookie.${opened}`);
    return undefined;
  }

  /** The MAC is checked once; that the cookie has not ended, every time. */
  #opened(value: string, keys: MacKeys): OpenedCookie | CookieFailure {
    const { names, now } = this.#options;
    const known = this.#known.get(value, bytesOf(value));
    if (known !== undefined && known.content.expires * 1000 > now()) return known;
    const own = ownText(value);
    const opened = openCookie(own, names.visitor, keys, now());
    if (typeof opened === 'string' || own.length > MAX_KNOWN_LENGTH) return opened;
    this.#known.set(own, opened, bytesOf(own));
    return opened;
  }

  /** The `Set-Cookie` for a response, if anything changed. What was decided last makes no cookie by itself. */
  write(
    { opened, id, isNew }: Visitor,
    { memory, last = opened?.content.last ?? [], isUsed, revision }: Changes,
  ): string | undefined {
    const keys = this.#keys;
    const given = isNew && !isUsed ? undefined : id;
    const isGiven = isNew && isUsed;
    const isChanged =
      memory !== undefined || (opened !== undefined && last !== opened.content.last);
    if (keys === undefined || !(isGiven || isChanged || this.#isDue(opened, keys)))
      return undefined;
    const { maxAgeMs, names, now } = this.#options;
    const expires = Math.floor((now() + maxAgeMs) / 1000);
    const entries = memory === undefined ? (opened?.content.memory ?? []) : fromMemory(memory);
    if (given === undefined && entries.length === 0 && last.length === 0)
      return this.setCookie(names.visitor, '', 0);
    const content = { id: given, revision, expires, memory: entries, last };
    return this.setCookie(names.visitor, sealCookie(content, names.visitor, keys), maxAgeMs);
  }

  /** Signed with an older key, or past the half of its life. */
  #isDue(opened: OpenedCookie | undefined, { first }: MacKeys): boolean {
    const { maxAgeMs, now } = this.#options;
    if (opened === undefined) return false;
    return opened.kid !== first || opened.content.expires * 1000 - now() < maxAgeMs / 2;
  }

  /** A cookie as all of Tinct's are set; with no life left, it is taken back. */
  setCookie(name: string, value: string, lifeMs: number): string {
    const { domain } = this.#options;
    const where = domain === undefined ? {} : { domain };
    const maxAge = Math.max(0, Math.floor(lifeMs / 1000));
    const how = { path: '/', httpOnly: true, secure: true, sameSite: 'lax' } as const;
    return stringifySetCookie({ name, value, maxAge, ...how, ...where });
  }
}
