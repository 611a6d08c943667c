/** What an analysis reads: counts of two arms, interval by interval. */
import type { CustomCounts } from './custom.ts';

/** What one arm did at one replica between two scrapes. */
export interface ArmCounts {
  readonly requests: number;
  /** Requests that failed, as the edge defines it: 5xx and upstreams that failed. */
  readonly errors: number;
  /** Answers of 400 to 499. */
  readonly refusals: number;
  /** Units with their first error of this analysis. */
  readonly affected: number;
  /** Requests whose duration was measured. */
  readonly timed: number;
  /** Of these, how many were slower than each boundary, in the order of {@link Settings.boundaries}. */
  readonly slower: readonly number[];
}

/** One replica between two scrapes: what is compared is compared within it. */
export interface Stratum {
  readonly canary: ArmCounts;
  readonly control: ArmCounts;
  /** The share of both arms' units that the plan gave to the canary, 0 to 1; `undefined`: not known, or changed within. */
  readonly share: number | undefined;
  /** Of the plan's metrics, in the order of {@link Settings.custom}; none where this replica counts none. */
  readonly custom?: readonly CustomCounts[] | undefined;
}

/** Control's counts by a hash of the unit: how much they vary says how much requests of one unit go together. Empty: not known. */
export interface Slices {
  readonly requests: readonly number[];
  readonly errors: readonly number[];
  readonly refusals: readonly number[];
  /** By boundary, then by slice. */
  readonly slower: readonly (readonly number[])[];
}

/** Units that were assigned to the arms since the plan gives the canary this share. */
export interface Assigned {
  readonly share: number;
  readonly canary: number;
  readonly control: number;
  /** By how much the counts vary more than exact ones of different units would: they are estimates, and replicas may count a unit twice. */
  readonly design: number;
}

/** All replicas between two scrapes. */
export interface Interval {
  /** Its end, in seconds since the epoch. */
  readonly at: number;
  readonly strata: readonly Stratum[];
  readonly slices: Slices;
  /** Different units of each arm since the start of the analysis, at least. */
  readonly units: { readonly canary: number; readonly control: number };
  /** Of each percentage since the interval before. */
  readonly assigned: readonly Assigned[];
  /** How many counts of affected units there were since the start: replicas and restarts, each of which may count a unit again. */
  readonly lives: number;
}

export const NO_SLICES: Slices = { requests: [], errors: [], refusals: [], slower: [] };

/** The sum of two lists, as long as the longer one. */
export const added = (a: readonly number[], b: readonly number[]): number[] =>
  Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? 0) + (b[i] ?? 0));

export function sumCounts(all: readonly ArmCounts[]): ArmCounts {
  const sum = (of: (counts: ArmCounts) => number) => all.reduce((total, one) => total + of(one), 0);
  return {
    requests: sum(({ requests }) => requests),
    errors: sum(({ errors }) => errors),
    refusals: sum(({ refusals }) => refusals),
    affected: sum(({ affected }) => affected),
    timed: sum(({ timed }) => timed),
    slower: all.reduce<readonly number[]>((total, { slower }) => added(total, slower), []),
  };
}
