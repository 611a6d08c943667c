/** What a plan is compiled to: immutable, and shared by all who decide. */
import type { Bucketer } from '../bucket/bucket.ts';
import type { ConditionTest } from '../conditions/condition.ts';
import type { Outcome, Plan, Release } from '../plan/plan.ts';
import type { OutcomeDecisions, ReleaseDecisions } from './decisions.ts';

/** Whether ids of a unit type belong to something; `undefined`: its list could not be loaded. */
export interface Membership {
  readonly unit: string;
  readonly has: ((id: string) => boolean) | undefined;
}

export interface CompiledRule {
  /** Its place among the release's rules, from 0. */
  readonly index: number;
  readonly users: ReadonlySet<string> | undefined;
  readonly members: Membership | undefined;
  readonly cohortWhen: ConditionTest | undefined;
  readonly when: ConditionTest | undefined;
  readonly outcome: Outcome;
  readonly decisions: OutcomeDecisions;
}

export interface CompiledRelease {
  readonly name: string;
  /** The routing header, in lower case. */
  readonly header: string;
  readonly release: Release;
  readonly plan: Plan;
  /** Whether its epoch was aborted, by the plan or by a kill that came otherwise. */
  readonly aborted: boolean;
  /** The lowest epoch of a carried decision that no abort has killed. */
  readonly livingEpoch: number;
  /** Those with a subset in each service: the others have no route somewhere. */
  readonly variants: ReadonlySet<string>;
  /** In the order in which unit types are tried. */
  readonly bucketers: readonly { readonly type: string; readonly of: Bucketer }[];
  readonly rules: readonly CompiledRule[];
  readonly decisions: ReleaseDecisions;
}

export interface CompiledPlan {
  readonly plan: Plan;
  readonly revision: number;
  readonly releases: readonly CompiledRelease[];
  readonly scope: ScopeIndex;
}

/** Hosts in lower case, without port. */
export interface ScopeIndex {
  readonly exact: ReadonlyMap<string, readonly CompiledRelease[]>;
  /** Suffix with its leading dot (`.shop.example`) → releases for hosts below it. */
  readonly below: ReadonlyMap<string, readonly CompiledRelease[]>;
  /** readonly CompiledRelease[] without hosts: they apply everywhere. */
  readonly everywhere: readonly CompiledRelease[];
}
