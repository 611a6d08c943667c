/** Evidence about one metric, from one or several comparisons of it. */

import { type LikelihoodState, logMean } from './likelihood.ts';
import { type Bounds, RatioEvidence } from './ratio-evidence.ts';

/** Several ways to look at one metric. Their mean is evidence too, whatever they have to do with each other. */
export class MetricEvidence {
  readonly parts: readonly RatioEvidence[];

  readonly #weights: readonly number[];

  /** `weights`: of each comparison, summing to 1; where to less, the rest is not bet that the canary is worse. */
  constructor(bounds: Bounds, weights: readonly number[], states: readonly LikelihoodState[] = []) {
    this.#weights = weights;
    this.parts = weights.map((_, i) => new RatioEvidence(bounds, states[i]));
  }

  /** The log of the evidence that the canary is worse than tolerated. */
  get logWorse(): number {
    const kept = Math.max(0, 1 - this.#bet);
    return logMean([...this.parts.map(({ logWorse }) => logWorse), 0], [...this.#weights, kept]);
  }

  /** The log of the evidence that it is not as bad as the margin. */
  get logNotWorse(): number {
    if (this.parts.length === 0) return 0;
    const weights = this.#weights.map((weight) => weight / this.#bet);
    return logMean(
      this.parts.map(({ logNotWorse }) => logNotWorse),
      weights,
    );
  }

  states(): LikelihoodState[] {
    return this.parts.map(({ likelihood }) => likelihood.state());
  }

  get #bet(): number {
    return this.#weights.reduce((sum, weight) => sum + weight, 0);
  }
}

/** So many comparisons that weigh the same. */
export const evenly = (count: number): number[] => Array.from({ length: count }, () => 1 / count);
