/** Evidence about one metric, from one or several comparisons of it. */

import { type LikelihoodState, logMean } from './likelihood.ts';
import { type Bounds, RatioEvidence } from './ratio-evidence.ts';

/** Several ways to look at one metric. Their mean is evidence too, whatever they have to do with each other. */
export class MetricEvidence {
  readonly parts: readonly RatioEvidence[];

  readonly #weights: readonly number[];

  /** `weights`: of each comparison, summing to 1. */
  constructor(bounds: Bounds, weights: readonly number[], states: readonly LikelihoodState[] = []) {
    this.#weights = weights;
    this.parts = weights.map((_, i) => new RatioEvidence(bounds, states[i]));
  }

  /** The log of the evidence that the canary is worse than tolerated. */
  get logWorse(): number {
    return this.#mean(({ logWorse }) => logWorse);
  }

  /** The log of the evidence that it is not as bad as the margin. */
  get logNotWorse(): number {
    return this.#mean(({ logNotWorse }) => logNotWorse);
  }

  states(): LikelihoodState[] {
    return this.parts.map(({ likelihood }) => likelihood.state());
  }

  #mean(of: (part: RatioEvidence) => number): number {
    return this.parts.length === 0 ? 0 : logMean(this.parts.map(of), this.#weights);
  }
}

/** So many comparisons that weigh the same. */
export const evenly = (count: number): number[] => Array.from({ length: count }, () => 1 / count);
