/** What went wrong beside requests: counted always, said once in a while. */
import { ERRORS, type ErrorCode } from '@tinct/core';
import type { CookieFailure } from '../cookie/seal.ts';
import type { IdentityFailure } from '../identity/identity.ts';
import type { OverrideFailure } from '../visitor/overrides.ts';
import type { ColorFailure } from './read-colors.ts';

/** By source and reason. */
export type Failure =
  | ColorFailure
  | IdentityFailure
  | `tinct-cookie.${CookieFailure}`
  | `override.${OverrideFailure}`
  | 'plan.missing'
  | 'peer.unknown'
  | 'request.failed'
  | 'observer.failed'
  | 'hook.failed'
  | 'outbound.failed';

/** What a line of the log says. */
export interface LogLine {
  readonly level: 'warn';
  readonly code: ErrorCode;
  readonly message: string;
  readonly cause?: unknown;
}

export type Log = (line: LogLine) => void;

/** The same thing is said again after this time. */
const QUIET_MS = 60_000;

const CODES: Partial<Record<Failure, ErrorCode>> = {
  'plan.missing': 'TINCT_SDK_PLAN_MISSING',
  'peer.unknown': 'TINCT_SDK_PEER_UNKNOWN',
  'request.failed': 'TINCT_SDK_FAILED',
  'observer.failed': 'TINCT_SDK_FAILED',
  'hook.failed': 'TINCT_SDK_FAILED',
  'outbound.failed': 'TINCT_SDK_FAILED',
};
const COLOR = /^(?:decision|routing|baggage)\./;

/** Clients' own mistakes are counted and not logged: anyone could fill the log. */
function codeOf(failure: Failure): ErrorCode | undefined {
  return CODES[failure] ?? (COLOR.test(failure) ? 'TINCT_SDK_COLOR_REFUSED' : undefined);
}

/** To standard error, as Node writes its own warnings. */
export const warnByProcess: Log = ({ code, message }) =>
  process.emitWarning(message, { type: 'TinctWarning', code });

export class Failures {
  readonly #counts = new Map<Failure, number>();
  readonly #said = new Map<Failure, number>();
  readonly #log: Log;
  readonly #now: () => number;

  constructor(log: Log, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  /** Never throws. */
  readonly add = (failure: Failure, cause?: unknown): void => {
    this.#counts.set(failure, (this.#counts.get(failure) ?? 0) + 1);
    const code = codeOf(failure);
    if (code !== undefined && this.#isNews(failure)) this.say(code, failure, cause);
  };

  /** Never throws. */
  say(code: ErrorCode, what: string, cause?: unknown): void {
    const { title, mend } = ERRORS[code];
    const why = cause instanceof Error ? `: ${cause.message}` : '';
    try {
      this.#log({ level: 'warn', code, message: `${title} (${what}${why}). ${mend}`, cause });
    } catch {
      // A log that throws must not reach the request; there is nowhere left to say so.
    }
  }

  /** Does what somebody hooked in. What it throws is counted and goes no further. */
  carefully(failure: Failure, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.add(failure, error);
    }
  }

  #isNews(failure: Failure): boolean {
    const now = this.#time();
    const last = this.#said.get(failure);
    if (last !== undefined && now - last < QUIET_MS) return false;
    this.#said.set(failure, now);
    return true;
  }

  /** A clock that throws is one of the things that go wrong: what is said once is said then. */
  #time(): number {
    try {
      return this.#now();
    } catch {
      return 0;
    }
  }

  /** Failure → how often, since the start. What never happened is absent. */
  stats(): Readonly<Partial<Record<Failure, number>>> {
    return Object.fromEntries(this.#counts);
  }
}
