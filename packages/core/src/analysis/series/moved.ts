/**
 * First errors that may be second ones. Replicas count affected units by arm, so a unit that failed in control and is moved
 * to the canary by a higher percentage counts there once more. At each step, as many of the canary's counts are left out
 * as control's affected units can have been moved: nobody is convicted by them.
 */
import type { Stratum } from '../counts.ts';

/** What survives a restart of whoever looks. */
export interface MovedState {
  readonly share: number | undefined;
  readonly control: number;
  readonly owed: number;
}

export class MovedUnits {
  #share: number | undefined;
  #control: number;
  #owed: number;

  constructor({ share, control, owed }: MovedState = { share: undefined, control: 0, owed: 0 }) {
    this.#share = share;
    this.#control = control;
    this.#owed = owed;
  }

  state(): MovedState {
    return { share: this.#share, control: this.#control, owed: this.#owed };
  }

  /** The stratum without what may be counted twice. `share`: at its end. */
  without(stratum: Stratum, share: number | undefined): Stratum {
    this.#step(share);
    this.#control += stratum.control.affected;
    const left = Math.min(this.#owed, stratum.canary.affected);
    this.#owed -= left;
    if (left === 0) return stratum;
    const affected = stratum.canary.affected - left;
    return { ...stratum, canary: { ...stratum.canary, affected } };
  }

  /** Nobody remembers what was counted before. */
  restart(): void {
    this.#control = 0;
    this.#owed = 0;
  }

  #step(share: number | undefined): void {
    if (share === undefined) return;
    const before = this.#share ?? share;
    if (share > before && before < 1)
      this.#owed += Math.ceil((this.#control * (share - before)) / (1 - before));
    this.#share = share;
  }
}
