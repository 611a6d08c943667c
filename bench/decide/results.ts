/** What a run measured. */
import type { Goal } from '../goals.ts';
import type { CohortResult } from './cohort.ts';
import type { Timing } from './measure.ts';

export interface Row extends Timing {
  readonly scenario: string;
  readonly contestant: string;
  /** How many times as long as Tinct takes. */
  readonly ratio: number;
}

export interface MemoryRow {
  readonly scenario: string;
  readonly contestant: string;
  /** Bytes per decision that stay. */
  readonly retained: number;
  /** Bytes per decision that are allocated on the way; `undefined` where it could not be seen. */
  readonly allocated: number | undefined;
}

export interface Report {
  readonly machine: { readonly cpu: string; readonly node: string; readonly load: number };
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
  readonly memory: readonly MemoryRow[];
  readonly cohorts: readonly CohortResult[];
  /** What was not measured, and why. */
  readonly notes: readonly string[];
  readonly goals: readonly Goal[];
}
