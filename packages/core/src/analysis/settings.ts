/** What an analysis is asked, resolved once. */
import type { CustomMetric } from './custom.ts';

/** What is compared; each has its share of the one alpha. */
export const METRICS = ['errors', 'latency', 'refusals'] as const;
export type MetricName = (typeof METRICS)[number];

/** How errors are looked at. */
export const WAYS = ['units', 'requests'] as const;
export type Way = (typeof WAYS)[number];

/** What is counted. */
export type Level = 'units' | 'requests';

export interface Settings {
  /** The chance of a false fail over the whole analysis, however often one looks. */
  readonly alpha: number;
  /** The canary may have this many times control's rate. At least 1. */
  readonly tolerance: number;
  /** Pass excludes ratios from here on. Above the tolerance. */
  readonly margin: number;
  /** Or it excludes that so large a share of requests, 0 to 1, fails beyond control's; `undefined`: the plan's error budget. */
  readonly bound: number | undefined;
  /** How alpha is split over the metrics: weights that sum to 1. 0: not compared. */
  readonly weights: Readonly<Record<MetricName, number>>;
  /** Whether users are known, or requests only: then so many requests as {@link Settings.assumedDesign} says stand for one user. */
  readonly level: Level;
  /** The variant that is compared instead of control: the design effect is then of stable's units, which run the same code. `undefined`: control. */
  readonly baseline: string | undefined;
  /** How the bet on errors is split over its two ways: first errors of units, and requests. What is missing to 1 is not bet: requests are an approximation. */
  readonly ways: Readonly<Record<Way, number>>;
  /** Of the evidence for a pass by errors, the share that is on the bound; the rest is on the margin. */
  readonly boundWeight: number;
  /** The plan's own metrics, which have a fifth of alpha together where there are any. */
  readonly custom: readonly CustomMetric[];
  /** Seconds from the start in which nothing passes. */
  readonly bake: number;
  /** Seconds from the start that are shown apart and are no evidence: cold caches, just-in-time compilers. */
  readonly warmUp: number;
  /** Units that the canary must have had before it passes. */
  readonly minimumUnits: number;
  /** The chance that a sound assignment is called mismatched, ever. */
  readonly mismatchAlpha: number;
  /** Seconds, ascending: what {@link ArmCounts.slower} counts against. */
  readonly boundaries: readonly number[];
  /** How much requests of one unit are assumed to go together where no slices say it: the intra-class correlation, 0 to 1. */
  readonly assumedCorrelation: number;
  /** Stands for the design effect where not even the requests of a unit are known. At least 1. */
  readonly assumedDesign: number;
}

/** Of requests, where the plan has no objective. */
export const USUAL_BOUND = 0.001;

export const DEFAULTS: Settings = {
  alpha: 0.05,
  tolerance: 1.2,
  margin: 2,
  bound: undefined,
  weights: { errors: 0.7, latency: 0.2, refusals: 0.1 },
  level: 'units',
  baseline: undefined,
  ways: { units: 0.6, requests: 0.25 },
  boundWeight: 0.25,
  custom: [],
  bake: 600,
  warmUp: 0,
  minimumUnits: 200,
  mismatchAlpha: 0.001,
  boundaries: [],
  assumedCorrelation: 0.2,
  assumedDesign: 5,
};

/** What follows for an analysis where a baseline is control: first errors of units are not counted by variant, and their bet is on requests. */
export const againstBaseline = (baseline: string): Pick<Settings, 'baseline' | 'ways'> => ({
  baseline,
  ways: { units: 0, requests: DEFAULTS.ways.units + DEFAULTS.ways.requests },
});
