/** Everything that is counted of one release. */
import {
  type Arm,
  type Decision,
  MATCHES,
  type Match,
  REACHES,
  RESPONSE_CLASSES,
  type Reach,
  type ResponseClass,
  type UnitSketch,
} from '@tinct/core';
import type { Traced } from './examples.ts';
import { BUCKETS, bucketOf, quantileOf } from './histogram.ts';
import { type Ledger, Tally } from './ledger.ts';
import { causeOf, classOf, type Outcome } from './outcome.ts';
import { type Cell, cellOf, type ReleaseShape } from './roster.ts';
import { UnitCounts, type UnitNotes, type UnitStats } from './unit-counts.ts';
import { VersionCounts } from './version-counts.ts';

/** One variant of one release, since the edge started or the plan first named it. */
export interface VersionStats {
  readonly release: string;
  readonly variant: string;
  readonly requests: number;
  /** 5xx answers, upstreams that failed, and gRPC's errors. */
  readonly errors: number;
  /** Requests that the client gave up; neither errors nor in the quantiles. */
  readonly abandoned: number;
  /** The same requests by the class of their answer. */
  readonly classes: Readonly<Record<ResponseClass, number>>;
  /** Milliseconds to the end of the response. */
  readonly p50: number | undefined;
  readonly p95: number | undefined;
}

/** A variant in an arm, by whether the release's service answered. */
export interface CellStats {
  readonly cell: Cell;
  readonly counts: Readonly<Record<Reach, VersionCounts>>;
}

export interface ReleaseStats {
  readonly release: string;
  readonly cells: readonly CellStats[];
  readonly assignments: readonly {
    readonly variant: string;
    readonly matches: Readonly<Record<Match, number>>;
    /** Kinds of error that it had, and no other variant before. */
    readonly newErrors: number;
  }[];
  readonly units: UnitStats;
}

/** Of whom a request was. */
export interface Whose {
  /** Of the unit, 32 bits; `undefined`: there is none. */
  readonly hash: number | undefined;
  /** Whether it got its id just now. */
  readonly isNew: boolean;
  /** Which sampled trace it belongs to, where somebody wants to know. */
  readonly traced?: Traced | undefined;
}

const rowOf = (release: string, variant: string): string => `version:${release}:${variant}`;

/** How many requests of a release somebody has counted in a ledger. */
export function requestsOf({ name, variants }: ReleaseShape, ledger: Ledger): number {
  // A variant's first number: its requests.
  return variants.reduce((sum, one) => sum + (ledger.row(rowOf(name, one), 1)[0] ?? 0), 0);
}

const REQUESTS_AT = 0;
const ERRORS_AT = 1;
const CLASSES_AT = 2;
const MATCHES_AT = CLASSES_AT + RESPONSE_CLASSES.length;
const DURATIONS_AT = MATCHES_AT + MATCHES.length;
const NEWS_AT = DURATIONS_AT + BUCKETS;

/** A variant, whatever the arm: one row of numbers. */
class Variant {
  readonly #row: Float64Array;

  constructor(name: string, ledger: Ledger) {
    this.#row = ledger.row(name, NEWS_AT + 1);
  }

  add(outcome: Outcome, name: ResponseClass, isError: boolean): void {
    this.#count(REQUESTS_AT);
    this.#count(CLASSES_AT + RESPONSE_CLASSES.indexOf(name));
    if (isError) this.#count(ERRORS_AT);
    if (name !== 'unseen' && name !== 'abandoned') this.#count(DURATIONS_AT + bucketOf(outcome.ms));
  }

  addMatch(match: Match): void {
    this.#count(MATCHES_AT + MATCHES.indexOf(match));
  }

  addNewError(): void {
    this.#count(NEWS_AT);
  }

  get requests(): number {
    return this.#row[REQUESTS_AT] ?? 0;
  }

  get newErrors(): number {
    return this.#row[NEWS_AT] ?? 0;
  }

  get matches(): Record<Match, number> {
    return new Tally(MATCHES, this.#row.subarray(MATCHES_AT, DURATIONS_AT)).all();
  }

  stats(release: string, variant: string): VersionStats {
    const [requests = 0, errors = 0] = this.#row;
    const classes = new Tally(RESPONSE_CLASSES, this.#row.subarray(CLASSES_AT, MATCHES_AT)).all();
    const { abandoned } = classes;
    const durations = this.#row.subarray(DURATIONS_AT, NEWS_AT);
    const [p50, p95] = [quantileOf(durations, 0.5), quantileOf(durations, 0.95)];
    return { release, variant, requests, errors, abandoned, classes, p50, p95 };
  }

  #count(at: number): void {
    this.#row[at] = (this.#row[at] ?? 0) + 1;
  }
}

/** All that counts requests of one variant and arm. */
export interface Place {
  readonly variant: string;
  readonly arm: Arm;
  readonly counts: Variant;
  readonly cell: CellStats;
  /** Of the running analysis. */
  units: UnitNotes | undefined;
}

export class ReleaseCounts {
  readonly #ledger: Ledger;
  readonly #variants: ReadonlyMap<string, Variant>;
  /** A few, in the order in which they were first needed. */
  readonly #places: Place[] = [];
  readonly #units: UnitCounts;
  #shape: ReleaseShape;

  constructor(shape: ReleaseShape, ledger: Ledger) {
    const { name, variants } = shape;
    this.#ledger = ledger;
    this.#shape = shape;
    const made = (variant: string) => new Variant(rowOf(name, variant), ledger);
    this.#variants = new Map(variants.map((variant) => [variant, made(variant)]));
    this.#units = new UnitCounts(shape, ledger);
    this.begin(shape);
  }

  get shape(): ReleaseShape {
    return this.#shape;
  }

  /** Whether what counts already can go on. */
  fits({ variants }: ReleaseShape): boolean {
    return variants.join() === this.#shape.variants.join();
  }

  begin(shape: ReleaseShape): void {
    this.#shape = shape;
    this.#units.begin(shape);
    for (const place of this.#places) place.units = this.#units.of(place.variant, place.arm);
    for (const cell of shape.cells) this.placeOf(cell);
  }

  /** `place`: from {@link placeOf}. */
  add(place: Place, outcome: Outcome, reach: Reach, whose: Whose): void {
    const { hash, isNew, traced } = whose;
    const [name, cause] = [classOf(outcome), causeOf(outcome)];
    const isError = cause !== undefined;
    const isReached = reach === 'service';
    place.counts.add(outcome, name, isError);
    const stream = outcome.answered?.stream === true || outcome.status === 101;
    place.cell.counts[reach].add({
      class: name,
      cause,
      stream,
      ms: outcome.ms,
      timed: name !== 'unseen' && !stream,
      traced,
      slowMs: this.#shape.slowMs,
      firstByteMs: isReached ? outcome.firstByteMs : undefined,
    });
    if (name !== 'unseen') place.counts.addMatch(this.#match(place.variant, outcome, isReached));
    if (hash !== undefined) place.units?.add({ hash, isReached, isError, isNew });
  }

  /** One more kind of error in a request that was counted just now. */
  addNewError(variant: string): void {
    this.#variants.get(variant)?.addNewError();
  }

  /** How many requests were counted: as long as it is the same, so is everything else. */
  get requests(): number {
    let sum = 0;
    for (const counts of this.#variants.values()) sum += counts.requests;
    return sum;
  }

  versions(): VersionStats[] {
    const { name } = this.#shape;
    return [...this.#variants].map(([variant, counts]) => counts.stats(name, variant));
  }

  stats(): ReleaseStats {
    return {
      release: this.#shape.name,
      cells: [...this.#variants.keys()].flatMap((variant) => this.#cellsOf(variant)),
      assignments: [...this.#variants].map(([variant, { matches, newErrors }]) => {
        return { variant, matches, newErrors };
      }),
      units: this.#units.stats(),
    };
  }

  /** Of its units: to be merged with other edges'. */
  sketches(): UnitSketch[] {
    return this.#units.sketches();
  }

  #match(variant: string, { answered }: Outcome, isReached: boolean): Match {
    const served = answered?.served;
    if (!isReached || served === undefined || answered?.cached === true) return 'unknown';
    return this.#shape.versions.get(variant)?.has(served) === true ? 'match' : 'mismatch';
  }

  /** Where requests of this variant and arm count; `undefined`: the release has no such variant. */
  placeOf({ variant, arm }: Pick<Decision, 'variant' | 'arm'>): Place | undefined {
    const places = this.#places;
    for (let i = 0; i < places.length; i += 1) {
      const place = places[i] as Place;
      if (place.arm === arm && place.variant === variant) return place;
    }
    const counts = this.#variants.get(variant);
    if (counts === undefined) return undefined;
    const units = this.#units.of(variant, arm);
    const made = { variant, arm, counts, cell: this.#newCell(variant, arm), units };
    places.push(made);
    return made;
  }

  #cellsOf(variant: string): CellStats[] {
    return this.#places.filter((place) => place.variant === variant).map(({ cell }) => cell);
  }

  #newCell(variant: string, arm: Arm): CellStats {
    const { name, cells } = this.#shape;
    const planned = cells.find((cell) => cell.variant === variant && cell.arm === arm);
    const countsOf = (reach: Reach) =>
      new VersionCounts(this.#ledger, `cell:${name}:${variant}:${arm}:${reach}`);
    const counts = Object.fromEntries(REACHES.map((reach) => [reach, countsOf(reach)]));
    return {
      cell: planned ?? cellOf(name, variant, arm),
      counts: counts as Record<Reach, VersionCounts>,
    };
  }
}
