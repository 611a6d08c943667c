/**
 * Evidence that the canary's share of bad events exceeds control's by less than a bound, at any time.
 *
 * Where hardly anything fails there is no ratio to speak of, but there is a difference. In one stratum let the canary have `x`
 * events of `m` requests and control `y` of m/odds. If the canary's rate is control's, whatever that is, plus a bound b, then
 *
 *     exp( −a·x + y·ln(1 + odds·(1 − e⁻ᵃ)) + m·b·(1 − e⁻ᵃ) )
 *
 * has expectation 1 for Poisson counts, at most 1 for Bernoulli ones and for a larger excess, for every a > 0: control's rate
 * cancels. Strata multiply, a mixture over a is evidence too (Robbins 1970; the exponential bets on a difference of bounded means are
 * those of Waudby-Smith and Ramdas, JRSS B 2024). Divided by the requests of a unit it holds for units whose requests fail
 * together, all or none: e to the power of a mean is no more than the mean of the powers.
 */
import { logMean } from './likelihood.ts';

/** How hard the bet is, and how it is spread: hard bets for services without errors, soft ones for those that have many. */
const BETS: readonly (readonly [a: number, weight: number])[] = [
  [0.1, 0.05],
  [0.4, 0.1],
  [1, 0.15],
  [2, 0.3],
  [4, 0.4],
];
const WEIGHTS = BETS.map(([, weight]) => weight);
/** 1 − e⁻ᵃ. */
const PULLS = BETS.map(([a]) => -Math.expm1(-a));

/** Events among requests of one stratum. */
export interface Excess {
  readonly canary: number;
  readonly control: number;
  /** Requests of the canary. */
  readonly exposure: number;
  /** They by control's. Above 0. */
  readonly odds: number;
}

/** What is added up; a state that survives a restart as JSON. */
export interface ExcessState {
  readonly canary: number;
  readonly exposure: number;
  /** What control's events allow, by bet. */
  readonly allowed: readonly number[];
}

export class ExcessEvidence {
  #canary: number;
  #exposure: number;
  #allowed: readonly number[];

  constructor(state?: ExcessState) {
    this.#canary = state?.canary ?? 0;
    this.#exposure = state?.exposure ?? 0;
    this.#allowed = state?.allowed ?? BETS.map(() => 0);
  }

  add({ canary, control, exposure, odds }: Excess): void {
    if (!(odds > 0) || !Number.isFinite(odds)) return;
    this.#canary += canary;
    this.#exposure += exposure;
    this.#allowed = PULLS.map(
      (pull, i) => (this.#allowed[i] ?? 0) + control * Math.log1p(odds * pull),
    );
  }

  /** The log of the evidence against “the excess is at least this share of requests”. `design`: requests that may fail together. */
  logBelow(bound: number, design: number): number {
    const logs = BETS.map(([a], i) => {
      const [allowed = 0, pull = 0] = [this.#allowed[i], PULLS[i]];
      return (allowed - a * this.#canary + this.#exposure * bound * pull) / design;
    });
    return logMean(logs, WEIGHTS);
  }

  /** The least excess that is excluded at this alpha, as a share of requests; 1: none is. */
  upper(alpha: number, design: number): number {
    const isOut = (bound: number) => this.logBelow(bound, design) >= Math.log(1 / alpha);
    let [inside, out] = [0, 1];
    if (isOut(inside)) return 0;
    if (!isOut(out)) return 1;
    for (let i = 0; i < 40; i += 1) {
      const middle = (inside + out) / 2;
      if (isOut(middle)) out = middle;
      else inside = middle;
    }
    return out;
  }

  state(): ExcessState {
    return { canary: this.#canary, exposure: this.#exposure, allowed: this.#allowed };
  }
}
