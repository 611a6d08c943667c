/** Evidence about one metric, from one or several comparisons of it. */

import { type LikelihoodState, logMean } from './likelihood.ts';
import { type Bounds, RatioEvidence } from './ratio-evidence.ts';

/** Several ways to look at one metric. Their mean is evidence too, whatever they have to do with each other. */
export class MetricEvidence {
  readonly parts: readonly RatioEvidence[];

  constructor(bounds: Bounds, count: number, states: readonly LikelihoodState[] = []) {
    this.parts = Array.from({ length: count }, (_, i) => new RatioEvidence(bounds, states[i]));
  }

  /** The log of the evidence that the canary is worse than tolerated. */
  get logWorse(): number {
    return meanOf(this.parts.map(({ logWorse }) => logWorse));
  }

  /** The log of the evidence that it is not as bad as the margin. */
  get logNotWorse(): number {
    return meanOf(this.parts.map(({ logNotWorse }) => logNotWorse));
  }

  states(): LikelihoodState[] {
    return this.parts.map(({ likelihood }) => likelihood.state());
  }
}

const meanOf = (logs: readonly number[]): number =>
  logs.length === 0
    ? 0
    : logMean(
        logs,
        logs.map(() => 1 / logs.length),
      );
