/**
 * The log-likelihood of a ratio of two rates, for events that are counted in two arms.
 *
 * In one stratum, `x` of `n` events fall in the canary, whose exposure is `odds` times control's. If the canary's rate
 * is ρ times control's, whatever control's rate is, an event falls in the canary with probability
 * q = ρ·odds / (1 + ρ·odds), so log L(ρ) = x·ln q + (n − x)·ln(1 − q): the conditional comparison of two Poisson rates
 * (Przyborowski and Wilenski, Biometrika 1940; stratified as by Mantel and Haenszel, JNCI 1959). Strata are multiplied,
 * never pooled: control's rate may be another in each.
 */

/** Events of one kind in one stratum. */
export interface Events {
  readonly canary: number;
  readonly control: number;
  /** The canary's exposure by control's: requests by requests, or the share of units by its rest. Above 0. */
  readonly odds: number;
  /** By how much the events vary more than independent ones: the log-likelihood is divided by it. At least 1. */
  readonly design: number;
}

/** Ratios at which the likelihood is kept, from 1/32 to 32, each 9 % above the one before: log-spaced, 1 among them. */
export const RATIOS: readonly number[] = Array.from({ length: 81 }, (_, i) => 2 ** ((i - 40) / 8));

/** What is added up; a state that survives a restart as JSON. */
export interface LikelihoodState {
  readonly logs: readonly number[];
  readonly canary: number;
  readonly control: number;
  readonly numerator: number;
  readonly denominator: number;
}

export class RatioLikelihood {
  readonly #ratios: readonly number[];
  readonly #logs: Float64Array;
  /** All events, as they were counted. */
  #canary = 0;
  #control = 0;
  #numerator = 0;
  #denominator = 0;

  constructor(ratios: readonly number[], state?: LikelihoodState) {
    this.#ratios = ratios;
    this.#logs = Float64Array.from(state?.logs ?? ratios.map(() => 0));
    if (state === undefined) return;
    ({ canary: this.#canary, control: this.#control } = state);
    ({ numerator: this.#numerator, denominator: this.#denominator } = state);
  }

  add({ canary, control, odds, design }: Events): void {
    if (!(odds > 0) || !Number.isFinite(odds)) return;
    this.#canary += canary;
    this.#control += control;
    this.#numerator += canary / (1 + odds) / design;
    this.#denominator += (control * odds) / (1 + odds) / design;
    if (canary + control === 0) return;
    this.#ratios.forEach((ratio, i) => {
      const log = canary * Math.log(ratio) - (canary + control) * Math.log1p(ratio * odds);
      this.#logs[i] = (this.#logs[i] ?? 0) + log / design;
    });
  }

  /** Log-likelihoods in the order of the ratios, up to what is the same for all of them. */
  get logs(): Float64Array {
    return this.#logs;
  }

  /** Events of the canary and of control. */
  get events(): readonly [canary: number, control: number] {
    return [this.#canary, this.#control];
  }

  /** Mantel and Haenszel's estimate of the ratio over all strata; `undefined`: nothing to divide by. */
  get estimate(): number | undefined {
    return this.#denominator > 0 ? this.#numerator / this.#denominator : undefined;
  }

  state(): LikelihoodState {
    return {
      logs: [...this.#logs],
      canary: this.#canary,
      control: this.#control,
      numerator: this.#numerator,
      denominator: this.#denominator,
    };
  }
}

/** ln Σ eˣ, without overflow. */
export function logSumExp(logs: readonly number[]): number {
  const top = Math.max(...logs);
  if (top === Number.NEGATIVE_INFINITY) return top;
  return top + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - top), 0));
}

/** The log of a weighted mean of what is given as logs. Weights sum to 1. */
export const logMean = (logs: readonly number[], weights: readonly number[]): number =>
  logSumExp(logs.map((log, i) => log + Math.log(weights[i] ?? 0)));
