/** What is counted of units that came again, per release: in one row of numbers. */
import { REACHES, type Reach } from '@tinct/core';
import { CAUSES, type Cause } from './change.ts';
import { hashOf } from './hash.ts';
import { type Ledger, Tally } from './ledger.ts';

/** Comparisons of one kind. */
export interface Comparisons {
  /** Requests of a unit whose last version is known. */
  readonly compared: number;
  /** Of these, other versions than the last that nothing explains. */
  readonly flips: number;
  /** Other versions than the last, by what explains them; every cause is there. */
  readonly changes: Readonly<Record<Cause, number>>;
}

export interface FlipStats extends FlipReading, Comparisons {
  readonly release: string;
}

/** What a scrape reads. */
export interface FlipReading {
  /** Comparisons, apart: of the versions that answered, and of those decided where nobody knows which ones answered. */
  readonly byReach: Readonly<Record<Reach, Comparisons>>;
  /** Units seen at least twice, among those of the sample. */
  readonly returned: number;
  /** The share of all units that the sample holds. */
  readonly sampled: number;
}

const COUNTED = ['compared', 'flips', ...CAUSES] as const;
const RETURNED_AT = COUNTED.length * REACHES.length;
/** How many units the sample has lost: for those who want to know whether anything has changed. */
const LOST_AT = RETURNED_AT + 1;

function comparisonsOf(tally: Tally<(typeof COUNTED)[number]>): Comparisons {
  const { compared, flips, ...changes } = tally.all();
  return { compared, flips, changes };
}

function both(one: Comparisons, other: Comparisons): Comparisons {
  const changes = CAUSES.map((cause) => [cause, one.changes[cause] + other.changes[cause]]);
  return {
    compared: one.compared + other.compared,
    flips: one.flips + other.flips,
    changes: Object.fromEntries(changes),
  };
}

export class FlipCounts {
  /** Sets the hashes of this release's units apart from another's. */
  readonly salt: number;
  readonly #row: Float64Array;
  readonly #tallies: Readonly<Record<Reach, Tally<(typeof COUNTED)[number]>>>;

  constructor(release: string, ledger: Ledger) {
    const row = ledger.row(`flips:${release}`, LOST_AT + 1);
    const tallyAt = (i: number) =>
      new Tally(COUNTED, row.subarray(i * COUNTED.length, (i + 1) * COUNTED.length));
    this.#row = row;
    this.salt = hashOf(release);
    this.#tallies = { service: tallyAt(0), unknown: tallyAt(1) };
  }

  /** `reach`: `service` where the versions that answered were compared. */
  add(reach: Reach, change: Cause | 'flip' | undefined): void {
    const tally = this.#tallies[reach];
    tally.add('compared');
    if (change !== undefined) tally.add(change === 'flip' ? 'flips' : change);
  }

  /** A unit of the sample came for the second time. */
  addReturned(): void {
    this.#row[RETURNED_AT] = (this.#row[RETURNED_AT] ?? 0) + 1;
  }

  /** A unit that came at least twice has left the sample. */
  lose(): void {
    this.#row[RETURNED_AT] = (this.#row[RETURNED_AT] ?? 0) - 1;
    this.#row[LOST_AT] = (this.#row[LOST_AT] ?? 0) + 1;
  }

  /** Grows with every change. */
  get generation(): number {
    const { service, unknown } = this.#tallies;
    return service.of('compared') + unknown.of('compared') + (this.#row[LOST_AT] ?? 0);
  }

  stats(release: string, sampled: number): FlipStats {
    const read = this.read(sampled);
    return { release, ...both(read.byReach.service, read.byReach.unknown), ...read };
  }

  read(sampled: number): FlipReading {
    const service = comparisonsOf(this.#tallies.service);
    const unknown = comparisonsOf(this.#tallies.unknown);
    return { byReach: { service, unknown }, returned: this.#row[RETURNED_AT] ?? 0, sampled };
  }
}
