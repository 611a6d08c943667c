/** Whether everybody who should be measured is. */
import type { DataReason } from '../verdict.ts';
import { FORGOTTEN, type FollowedState } from './follow.ts';
import type { Target } from './target.ts';

/** Scrapes without a sample after which a replica is missing. */
const SILENT = 4;

/** When a replica was scraped in the analysis, first and last, in seconds since the epoch. */
export interface Presence {
  readonly first: number;
  readonly last: number;
}

/** `undefined`: never. */
export function presenceOf(
  { times }: Target,
  start: number,
  before?: FollowedState,
): Presence | undefined {
  const first = before?.first ?? times.find((time) => time >= start);
  const last = Math.max(times.at(-1) ?? start, before?.last ?? start);
  return first === undefined ? undefined : { first, last };
}

export class Roll {
  readonly #all: readonly Presence[];
  readonly #now: number;
  readonly #step: number;

  constructor(all: readonly Presence[], now: number, step: number) {
    this.#all = all;
    this.#now = now;
    this.#step = step;
  }

  /** Replicas that were scraped just now. */
  get replicas(): number {
    return this.#all.filter((each) => !this.#isSilent(each)).length;
  }

  get reasons(): DataReason[] {
    const isStale = this.#all.length > 0 && this.replicas === 0;
    return [
      ...(isStale ? (['stale'] as const) : []),
      ...(this.#isMissing ? (['replica-missing'] as const) : []),
    ];
  }

  #isSilent({ last }: Presence): boolean {
    return this.#now - last > SILENT * this.#step;
  }

  /** More replicas went than came. */
  get #isMissing(): boolean {
    const isRecent = (time: number) => this.#now - time <= FORGOTTEN;
    const gone = this.#all.filter((each) => this.#isSilent(each) && isRecent(each.last));
    const oldest = Math.min(...this.#all.map(({ first }) => first));
    const came = this.#all.filter(
      ({ first }) => isRecent(first) && first > oldest + SILENT * this.#step,
    );
    return gone.length > came.length;
  }
}
