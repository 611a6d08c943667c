/** What an analysis is asked, resolved once. */

/** What is compared; each has its share of the one alpha. */
export const METRICS = ['errors', 'latency', 'refusals'] as const;
export type MetricName = (typeof METRICS)[number];

export interface Settings {
  /** The chance of a false fail over the whole analysis, however often one looks. */
  readonly alpha: number;
  /** The canary may have this many times control's rate. At least 1. */
  readonly tolerance: number;
  /** Pass excludes ratios from here on. Above the tolerance. */
  readonly margin: number;
  /** How alpha is split over the metrics: weights that sum to 1. 0: not compared. */
  readonly weights: Readonly<Record<MetricName, number>>;
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

export const DEFAULTS: Settings = {
  alpha: 0.05,
  tolerance: 1.2,
  margin: 2,
  weights: { errors: 0.7, latency: 0.2, refusals: 0.1 },
  bake: 600,
  warmUp: 0,
  minimumUnits: 200,
  mismatchAlpha: 0.001,
  boundaries: [],
  assumedCorrelation: 0.2,
  assumedDesign: 5,
};
