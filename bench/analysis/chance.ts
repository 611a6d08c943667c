/** Seeded chance: the same figures on every machine. */

/** sfc32 by Chris Doty-Humphrey (PractRand): 32 bits, a period of about 2^127. */
export class Chance {
  #a: number;
  #b: number;
  #c = 0x9e3779b9;
  #counter = 1;
  #spare: number | undefined;

  constructor(seed: number, stream: number) {
    this.#a = seed | 0;
    this.#b = stream | 0;
    for (let i = 0; i < 15; i += 1) this.uniform();
  }

  /** From 0 up to 1. */
  uniform(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  }

  /** Marsaglia's polar method (SIAM Review, 1964). */
  normal(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare;
      this.#spare = undefined;
      return spare;
    }
    for (;;) {
      const [x, y] = [2 * this.uniform() - 1, 2 * this.uniform() - 1];
      const square = x * x + y * y;
      if (square === 0 || square >= 1) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      this.#spare = y * scale;
      return x * scale;
    }
  }

  /** Marsaglia and Tsang (ACM TOMS, 2000). */
  gamma(shape: number): number {
    if (shape < 1) return this.gamma(shape + 1) * (1 - this.uniform()) ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - this.uniform()) < (x * x) / 2 + d - d * v + d * Math.log(v))
        return d * v;
    }
  }

  /** A share with this mean, whose requests correlate by `rho`. */
  beta(mean: number, rho: number): number {
    if (rho === 0) return mean;
    const sum = 1 / rho - 1;
    const a = this.gamma(mean * sum);
    const total = a + this.gamma((1 - mean) * sum);
    return total === 0 ? 0 : a / total;
  }
}
