/**
 * Sample ratio mismatch: whether new units fall into the arms as the plan allocates them, tested at any time.
 *
 * The Bayes factor of a Dirichlet-multinomial against the allocated shares is a martingale under these shares (Lindon and
 * Malek, Anytime-Valid Inference for Multinomial Count Data, NeurIPS 2022). The prior is centred on the allocation; when the
 * allocation changes, a new factor begins and what was won stays.
 */

/** How sure the prior is of the allocation, as a number of units. */
const CONCENTRATION = 200;

/** The log of evidence that cannot be chance: units where none can be. A number, so that a state as JSON holds it. */
const IMPOSSIBLE = 1e6;

/** ln Γ(x) for x > 0: Lanczos' approximation with g = 7 and nine terms (SIAM J. Numer. Anal. B, 1964), right to 15 digits. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const [first = 0, ...rest] = LANCZOS;
  const shifted = x - 1;
  const sum = rest.reduce((total, term, i) => total + term / (shifted + i + 1), first);
  const t = shifted + 7.5;
  return Math.log(2 * Math.PI) / 2 + (shifted + 0.5) * Math.log(t) - t + Math.log(sum);
}
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
];

export interface MismatchState {
  /** The log of the evidence of earlier allocations. */
  readonly settled: number;
  readonly shares: readonly number[];
  /** Units counted under these shares. */
  readonly counts: readonly number[];
}

export class Mismatch {
  #settled = 0;
  #shares: readonly number[] = [];
  #counts: readonly number[] = [];

  constructor(state?: MismatchState) {
    if (state === undefined) return;
    this.#settled = state.settled;
    this.#shares = state.shares;
    this.#counts = state.counts;
  }

  /** `shares`: of each arm, summing to 1; those of 0 get no units. `counts`: all units since the shares are what they are, divided by their design effect. */
  observe(shares: readonly number[], counts: readonly number[]): void {
    if (shares.some((share, i) => share !== this.#shares[i])) this.#settled = this.logEvidence;
    this.#shares = [...shares];
    this.#counts = [...counts];
  }

  /** The log of the evidence against the allocation. */
  get logEvidence(): number {
    return this.#settled + logBayesFactor(this.#shares, this.#counts);
  }

  state(): MismatchState {
    return { settled: this.#settled, shares: this.#shares, counts: this.#counts };
  }
}

function logBayesFactor(shares: readonly number[], counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return 0;
  const prior = shares.map((share) => share * CONCENTRATION);
  const terms = counts.map((count, i) => {
    const [share = 0, alpha = 0] = [shares[i], prior[i]];
    if (count === 0) return 0;
    if (share <= 0) return IMPOSSIBLE;
    return logGamma(alpha + count) - logGamma(alpha) - count * Math.log(share);
  });
  const ends = logGamma(CONCENTRATION) - logGamma(CONCENTRATION + total);
  return terms.reduce((sum, term) => sum + term, ends);
}
