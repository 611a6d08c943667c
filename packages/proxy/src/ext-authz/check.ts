/** One check of a gateway: a request that it asks about, and what it is told. */
import type { Inquiry } from '../exchange.ts';

/** A header that a gateway is told to write. */
export type Header = readonly [name: string, value: string];

/** What a gateway does with the request. */
export type Verdict = Allowed | Denied;

export interface Allowed {
  readonly kind: 'allowed';
  readonly changes: Changes;
  /** Of the response to the client. */
  readonly response: readonly ResponseHeader[];
  /** For the gateway's own log: release → variant, reason, revision. */
  readonly decisions: Readonly<Record<string, DecisionNote>>;
}

/** What becomes of the request's headers. No name stands in both. */
export interface Changes {
  /** Written once, whatever was there before. */
  readonly set: readonly Header[];
  /** In lower case. */
  readonly remove: readonly string[];
}

export interface ResponseHeader {
  readonly header: Header;
  /** Beside what the service says; in its place; in its place if it says something. */
  readonly how: 'add' | 'set' | 'replace';
}

export interface DecisionNote {
  readonly variant: string;
  readonly reason: string;
  readonly revision: number;
}

/** The gateway answers the client itself. */
export interface Denied {
  readonly kind: 'denied';
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body: string;
}

export interface Check extends Inquiry {
  /** By which status a refusal is told that has this one. */
  readonly statusFor: (status: number) => number;
  readonly answer: (verdict: Verdict) => void;
}
