import type { Reason } from './reason.ts';

/** A value that a condition may see. */
export type AttributeValue = string | number | boolean | readonly string[];

/** Who is compared with whom: the units of one percentage rule; everyone else is `other`. */
export type Arm = 'canary' | 'control' | 'other';

/** Why a decision fell back to what was good, beyond its reason. */
export type Detail =
  | 'unit-missing'
  | 'unit-malformed'
  | 'cohort-unavailable'
  | 'override-refused'
  | 'carried-refused';

/** A request's version of one release, and why. Frozen and shared: the same object for the same outcome. */
export interface Decision {
  readonly release: string;
  readonly variant: string;
  readonly reason: Reason;
  /** Index of the rule that decided, from 0; -1 when no rule did. */
  readonly rule: number;
  readonly revision: number;
  readonly epoch: number;
  readonly arm: Arm;
  readonly detail: Detail | undefined;
}

/** The targeting key of a unit type. */
export interface Unit {
  readonly type: string;
  readonly key: string;
}

/** What the signed cookie remembers of one release. Only non-stable variants are remembered. */
export interface MemoryEntry {
  readonly variant: string;
  /** Whose assignment it is. */
  readonly unit: Unit;
  /** After a login: the user that the anonymous assignment was handed to. */
  readonly boundTo?: string;
  readonly epoch: number;
  /** When the variant was assigned, milliseconds since the epoch. */
  readonly at: number;
  /**
   * `stickySince` of the plan that assigned it, milliseconds since the epoch; absent: not known, and `at` tells. An edge
   * that does not yet hold a lowered percentage assigns later than that was lowered.
   */
  readonly since?: number;
}

/** A decision that a trusted hop made earlier in this request. */
export interface CarriedDecision {
  readonly variant: string;
  readonly reason: Reason;
  readonly revision: number;
  readonly epoch: number;
  readonly arm: Arm;
}

/** An authorised tester's wish, its signature already verified. */
export interface Override {
  readonly release: string;
  readonly variant: string;
  readonly epoch: number;
  /** When it ends, milliseconds since the epoch. */
  readonly expires: number;
}

/** What a decision is made from: values, never requests. */
export interface DecisionContext {
  /** Unit type → targeting key. */
  readonly units: Readonly<Record<string, string | undefined>>;
  readonly attributes?: Readonly<Record<string, AttributeValue | undefined>>;
  /** Milliseconds since the epoch, for overrides and memory. */
  readonly now: number;
  /** Release → what the cookie remembers. */
  readonly memory?: Readonly<Record<string, readonly MemoryEntry[] | undefined>>;
  /** Release → what a trusted hop decided. */
  readonly carried?: Readonly<Record<string, CarriedDecision | undefined>>;
  /** Release → the override presented with the request. */
  readonly overrides?: Readonly<Record<string, Override | undefined>>;
}
