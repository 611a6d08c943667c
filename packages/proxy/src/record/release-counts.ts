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
import { BUCKETS, Histogram } from './histogram.ts';
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

/** A variant, whatever the arm. */
class Variant {
  readonly #classes: Tally<ResponseClass>;
  readonly #totals: Tally<'requests' | 'errors'>;
  readonly #durations: Histogram;
  readonly matches: Tally<Match>;
  readonly news: Tally<'errors'>;

  constructor(name: string, ledger: Ledger) {
    const ends = [2, 2 + RESPONSE_CLASSES.length, 2 + RESPONSE_CLASSES.length + MATCHES.length];
    const [totals = 0, classes = 0, matches = 0] = ends;
    const news = matches + BUCKETS;
    const row = ledger.row(name, news + 1);
    this.#totals = new Tally(['requests', 'errors'], row.subarray(0, totals));
    this.#classes = new Tally(RESPONSE_CLASSES, row.subarray(totals, classes));
    this.matches = new Tally(MATCHES, row.subarray(classes, matches));
    this.#durations = new Histogram(row.subarray(matches, news));
    this.news = new Tally(['errors'], row.subarray(news));
  }

  add(outcome: Outcome, name: ResponseClass, isError: boolean): void {
    this.#totals.add('requests');
    this.#classes.add(name);
    if (isError) this.#totals.add('errors');
    if (name !== 'unseen' && name !== 'abandoned') this.#durations.add(outcome.ms);
  }

  get requests(): number {
    return this.#totals.of('requests');
  }

  stats(release: string, variant: string): VersionStats {
    const [p50, p95] = [this.#durations.quantile(0.5), this.#durations.quantile(0.95)];
    const classes = this.#classes.all();
    const { abandoned } = classes;
    return { release, variant, ...this.#totals.all(), abandoned, classes, p50, p95 };
  }
}

/** All that counts requests of one variant and arm. */
interface Place {
  readonly variant: string;
  readonly arm: Arm;
  readonly counts: Variant;
  readonly cell: CellStats;
  readonly units: UnitNotes | undefined;
}

export class ReleaseCounts {
  readonly #ledger: Ledger;
  readonly #variants: ReadonlyMap<string, Variant>;
  /** Variant → arm. */
  readonly #cells = new Map<string, Map<Arm, CellStats>>();
  readonly #units: UnitCounts;
  /** Of the running analysis. */
  #places: Place[] = [];
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
    this.#places = [];
    this.#units.begin(shape);
    for (const { variant, arm } of shape.cells) this.#cell(variant, arm);
  }

  add({ variant, arm }: Decision, outcome: Outcome, reach: Reach, whose: Whose): void {
    const place = this.#placeOf(variant, arm);
    if (place === undefined) return;
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
    if (name !== 'unseen') place.counts.matches.add(this.#match(variant, outcome, isReached));
    if (hash !== undefined) place.units?.add({ hash, isReached, isError, isNew });
  }

  /** One more kind of error in a request that was counted just now. */
  addNewError(variant: string): void {
    this.#variants.get(variant)?.news.add('errors');
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
      cells: [...this.#cells.values()].flatMap((arms) => [...arms.values()]),
      assignments: [...this.#variants].map(([variant, { matches, news }]) => {
        return { variant, matches: matches.all(), newErrors: news.of('errors') };
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

  /** Where requests of this variant and arm count; found once, not for each request. */
  #placeOf(variant: string, arm: Arm): Place | undefined {
    const places = this.#places;
    for (let i = 0; i < places.length; i += 1) {
      const place = places[i] as Place;
      if (place.arm === arm && place.variant === variant) return place;
    }
    const counts = this.#variants.get(variant);
    if (counts === undefined) return undefined;
    const units = this.#units.of(variant, arm);
    const made = { variant, arm, counts, cell: this.#cell(variant, arm), units };
    places.push(made);
    return made;
  }

  #cell(variant: string, arm: Arm): CellStats {
    const known = this.#cells.get(variant)?.get(arm);
    if (known !== undefined) return known;
    const arms = this.#cells.get(variant) ?? new Map<Arm, CellStats>();
    this.#cells.set(variant, arms);
    const { name, cells } = this.#shape;
    const planned = cells.find((cell) => cell.variant === variant && cell.arm === arm);
    const countsOf = (reach: Reach) =>
      new VersionCounts(this.#ledger, `cell:${name}:${variant}:${arm}:${reach}`);
    const counts = Object.fromEntries(REACHES.map((reach) => [reach, countsOf(reach)]));
    const made = {
      cell: planned ?? cellOf(name, variant, arm),
      counts: counts as Record<Reach, VersionCounts>,
    };
    arms.set(arm, made);
    return made;
  }
}
