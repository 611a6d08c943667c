/** Metrics of the plan: events among a total, counted by whoever counts them. */
import type { LikelihoodState } from './likelihood.ts';
import { type Bounds, RatioEvidence } from './ratio-evidence.ts';

export interface CustomMetric {
  readonly name: string;
  /** What events are, as people say it. */
  readonly unit: string;
  /** What of the canary's events is worse. */
  readonly worse: 'more' | 'fewer';
  /** How many of them may come from one user: the design effect. At least 1. */
  readonly perUnit: number;
}

/** What one arm counted. */
export interface CustomArm {
  readonly events: number;
  readonly total: number;
}

export interface CustomCounts {
  readonly canary: CustomArm;
  readonly control: CustomArm;
}

/** Of alpha, what all metrics of the plan have together. */
export const CUSTOM_SHARE = 0.2;

export class CustomEvidence {
  readonly metric: CustomMetric;
  /** Where fewer are worse it is control's rate by the canary's. */
  readonly ratio: RatioEvidence;
  #totals: CustomCounts;

  constructor(metric: CustomMetric, bounds: Bounds, state?: CustomState) {
    this.metric = metric;
    this.ratio = new RatioEvidence(bounds, state?.likelihood);
    this.#totals = state?.totals ?? { canary: NONE, control: NONE };
  }

  add({ canary, control }: CustomCounts): void {
    const { worse, perUnit: design } = this.metric;
    const odds = canary.total / control.total;
    this.ratio.add(
      worse === 'more'
        ? { canary: canary.events, control: control.events, odds, design }
        : { canary: control.events, control: canary.events, odds: 1 / odds, design },
    );
    const { canary: a, control: b } = this.#totals;
    this.#totals = { canary: summed(a, canary), control: summed(b, control) };
  }

  get totals(): CustomCounts {
    return this.#totals;
  }

  /** Whether both arms were counted at all. */
  get isMeasured(): boolean {
    return this.#totals.canary.total > 0 && this.#totals.control.total > 0;
  }

  state(): CustomState {
    return { likelihood: this.ratio.likelihood.state(), totals: this.#totals };
  }
}

export interface CustomState {
  readonly likelihood: LikelihoodState;
  readonly totals: CustomCounts;
}

const NONE: CustomArm = { events: 0, total: 0 };
const summed = (a: CustomArm, b: CustomArm): CustomArm => ({
  events: a.events + b.events,
  total: a.total + b.total,
});
