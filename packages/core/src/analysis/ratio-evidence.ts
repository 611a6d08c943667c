/**
 * Evidence about one ratio, at any time.
 *
 * Each likelihood ratio against the bound of a null hypothesis is a supermartingale that starts at 1 under every ratio of
 * that hypothesis, and so is a mean of them with weights chosen beforehand (the method of mixtures: Ville 1939; Robbins,
 * Ann. Math. Stat. 1970; Ramdas, Grünwald, Vovk and Shafer, Statistical Science 2023). By Ville's inequality it ever reaches
 * 1/alpha with probability at most alpha, however often one looks. The proof for counts is in docs/analysis.md.
 */
import {
  type Events,
  type LikelihoodState,
  logMean,
  logSumExp,
  RATIOS,
  RatioLikelihood,
} from './likelihood.ts';

/** What is asked of a ratio. */
export interface Bounds {
  /** Fail: evidence against “ratio ≤ tolerance”. */
  readonly tolerance: number;
  /** Pass: evidence against “ratio ≥ margin”. */
  readonly margin: number;
}

/** Alternatives to “no worse than the tolerance”, as multiples of it, and how the bet is spread over them. */
const WORSE: readonly (readonly [factor: number, weight: number])[] = [
  [1.3, 0.1],
  [1.7, 0.5],
  [2.6, 0.25],
  [5, 0.1],
  [12, 0.05],
];

/** Alternatives to “as bad as the margin”: ratios around equality. */
const EQUAL: readonly (readonly [exponent: number, weight: number])[] = [
  [-0.6, 0.15],
  [0, 0.6],
  [0.35, 0.25],
];

/** Of the two-sided mixture behind the confidence sequence: normal on the log of the ratio, with this deviation. */
const SPREAD = Math.LN2;

const normalWeights = (): number[] => {
  const densities = RATIOS.map((ratio) => Math.exp(-((Math.log(ratio) / SPREAD) ** 2) / 2));
  const sum = densities.reduce((total, density) => total + density, 0);
  return densities.map((density) => density / sum);
};
const AROUND_ONE = normalWeights();

const weightsOf = (alternatives: readonly (readonly [number, number])[]): number[] =>
  alternatives.map(([, weight]) => weight);
const WORSE_WEIGHTS = weightsOf(WORSE);
const EQUAL_WEIGHTS = weightsOf(EQUAL);

/** Where they stand in the list of ratios. */
const TOLERANCE_AT = RATIOS.length;
const MARGIN_AT = TOLERANCE_AT + 1;
const WORSE_AT = MARGIN_AT + 1;
const EQUAL_AT = WORSE_AT + WORSE.length;

function ratiosOf({ tolerance, margin }: Bounds): number[] {
  const worse = WORSE.map(([factor]) => tolerance * factor);
  const equal = EQUAL.map(([exponent]) => margin ** exponent);
  return [...RATIOS, tolerance, margin, ...worse, ...equal];
}

/** Events of one kind, compared. */
export class RatioEvidence {
  readonly likelihood: RatioLikelihood;

  constructor(bounds: Bounds, state?: LikelihoodState) {
    this.likelihood = new RatioLikelihood(ratiosOf(bounds), state);
  }

  add(events: Events): void {
    this.likelihood.add(events);
  }

  /** The log of the evidence against “ratio ≤ tolerance”; 0 is none. */
  get logWorse(): number {
    return this.#against(TOLERANCE_AT, WORSE_AT, WORSE_WEIGHTS);
  }

  /** The log of the evidence against “ratio ≥ margin”. */
  get logNotWorse(): number {
    return this.#against(MARGIN_AT, EQUAL_AT, EQUAL_WEIGHTS);
  }

  /** The ratios that are not excluded at this alpha: a confidence sequence, right at all times at once with 1 − alpha. */
  interval(alpha: number): readonly [low: number, high: number] {
    const logs = [...this.likelihood.logs.subarray(0, RATIOS.length)];
    const mixed = logMean(logs, AROUND_ONE);
    const left = RATIOS.filter((_, i) => mixed - (logs[i] ?? 0) < Math.log(1 / alpha));
    const [first = 0, last = 0] = [left[0], left.at(-1)];
    return [
      first <= (RATIOS[0] ?? 0) ? 0 : first,
      last >= (RATIOS.at(-1) ?? 0) ? Number.POSITIVE_INFINITY : last,
    ];
  }

  #against(at: number, from: number, weights: readonly number[]): number {
    const { logs } = this.likelihood;
    const bound = logs[at] ?? 0;
    return logSumExp(weights.map((weight, i) => Math.log(weight) + (logs[from + i] ?? 0) - bound));
  }
}
