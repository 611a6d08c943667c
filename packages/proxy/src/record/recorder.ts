import {
  type CompiledRelease,
  type Decision,
  type Plan,
  REASONS,
  type Reach,
  type Reason,
  type Unit,
  type UnitSketch,
} from '@tinct/core';
import { reachedBy, servedVariant } from './answered.ts';
import type { Traced } from './examples.ts';
import type { FlipReading, FlipStats } from './flip-counts.ts';
import { Flips, type Followed, type Followers } from './flips.ts';
import { hashIn, printOf } from './hash.ts';
import { type Ledger, ownLedger, Tally } from './ledger.ts';
import { Marks } from './marks.ts';
import type { Outcome } from './outcome.ts';
import {
  type Place,
  ReleaseCounts,
  type ReleaseStats,
  type VersionStats,
  type Whose,
} from './release-counts.ts';
import { type ReleaseShape, shapeOf } from './roster.ts';
import { traceOf } from './trace.ts';

export type { Outcome } from './outcome.ts';
export type { VersionStats } from './release-counts.ts';

export interface EdgeStats {
  /** All requests that were forwarded, whether or not a release applied. */
  readonly requests: number;
  /** Requests that the edge answered itself because of what they asked. */
  readonly refused: number;
  /** In the plan's order. */
  readonly versions: readonly VersionStats[];
  /** In the same order. */
  readonly releases: readonly ReleaseStats[];
  /** Decisions by reason; every reason is there. */
  readonly reasons: Readonly<Record<Reason, number>>;
  /** By release, in the plan's order. */
  readonly flips: readonly FlipStats[];
}

/** A release's counters, for whoever reads all of them again and again: most have not changed since. */
export interface ReleaseReader {
  readonly shape: ReleaseShape;
  /** Grows whenever something was counted. */
  readonly generation: number;
  read(): ReleaseReading;
  /** Of its units: to be merged with other edges'. */
  sketches(): UnitSketch[];
}

export interface ReleaseReading extends ReleaseStats {
  readonly flips: FlipReading | undefined;
}

/** What metrics are made of; releases are read by who needs them. */
export interface Measured extends Pick<EdgeStats, 'requests' | 'refused' | 'reasons'> {
  /** In the plan's order. */
  readonly releases: readonly ReleaseReader[];
  /** The share of all units that are followed from request to request. */
  readonly sampled: number;
}

/** Whether a release's own service answered. */
export type IsReached = (release: string) => boolean;

/** Where a decision is counted. */
interface Mark {
  /** Among the reasons. */
  readonly reason: number;
  /** Absent: its release is not counted, or has no such variant. */
  readonly counted: Counted | undefined;
}

interface Counted {
  readonly counts: ReleaseCounts;
  readonly place: Place;
  readonly followers: Followers | undefined;
}

/** One decision of a request, as it is counted. */
interface Recorded {
  readonly decision: Decision;
  /** Whom it is for. */
  readonly unit: Unit | undefined;
  readonly outcome: Outcome;
  readonly reach: Reach;
  readonly traced: Traced | undefined;
}

/** Of whom a request was, for each of its decisions. */
export interface Asker extends Followed {
  /** Whether it got its id just now. */
  readonly isNew: boolean;
  /** The request's, names and values in turn. */
  readonly headers: readonly string[];
}

const NOBODY: Whose = { hash: undefined, isNew: false };

/** Requests, errors and durations per version; decisions per reason; people. Bounded by the plan. */
export class Recorder {
  readonly #ledger: Ledger;
  readonly #edge: Tally<'requests' | 'refused'>;
  readonly #reasons: Tally<Reason>;
  #releases = new Map<string, ReleaseCounts>();
  readonly #marks = new Marks((decision) => this.#markOf(decision));
  readonly flips: Flips;
  readonly #now: () => number;
  readonly #isOff: boolean;
  #wantsExamples = false;

  /** `now`: milliseconds since the epoch. `counts`: `edge` for nothing of releases. */
  constructor(
    ledger: Ledger = ownLedger,
    now: () => number = Date.now,
    counts: 'all' | 'edge' = 'all',
  ) {
    this.#ledger = ledger;
    this.#isOff = counts === 'edge';
    this.#now = now;
    this.#edge = new Tally(['requests', 'refused'], ledger.row('edge', 2));
    this.#reasons = new Tally(REASONS, ledger.row('reasons', REASONS.length));
    this.flips = new Flips(ledger);
  }

  /** Every version of the plan counts from 0; what counts already goes on, what left the plan is forgotten. */
  expect(plan: Plan): void {
    this.expectShapes(Object.values(plan.releases).map(shapeOf));
  }

  /** As {@link expect}, for releases that left their plan a while ago too. */
  expectShapes(shapes: readonly ReleaseShape[]): void {
    if (this.#isOff) return;
    const next = shapes.map((shape) => {
      const before = this.#releases.get(shape.name);
      if (before?.fits(shape) !== true) return new ReleaseCounts(shape, this.#ledger);
      if (before.shape !== shape) before.begin(shape);
      return before;
    });
    this.#releases = new Map(next.map((counts) => [counts.shape.name, counts]));
    this.flips.expect(shapes.map(({ name }) => name));
    this.#marks.clear();
  }

  /** From now on durations have examples: somebody reads OpenMetrics. */
  readonly wantExamples = (): void => {
    this.#wantsExamples = true;
  };

  refused(): void {
    this.#edge.add('refused');
  }

  /** The releases whose own service answered a request. */
  reached(decisions: readonly Decision[], outcome: Outcome): IsReached {
    return reachedBy(decisions, outcome, this.#shapeOf);
  }

  /** `asker`: absent where people are not counted. `isReached`: as {@link reached} says. */
  record(
    decisions: readonly Decision[],
    outcome: Outcome,
    asker?: Asker,
    isReached: IsReached = this.reached(decisions, outcome),
  ): void {
    this.#edge.add('requests');
    if (this.#isOff) return;
    const traced = this.#wantsExamples && asker !== undefined ? this.#tracedBy(asker) : undefined;
    for (let i = 0; i < decisions.length; i += 1) {
      const decision = decisions[i] as Decision;
      const { reason, counted } = this.#marks.of(decision);
      this.#reasons.addAt(reason);
      if (counted === undefined) continue;
      const reach = isReached(decision.release) ? 'service' : 'unknown';
      const release = asker?.releases[i];
      if (asker === undefined || release === undefined)
        counted.counts.add(counted.place, outcome, reach, NOBODY);
      else {
        const unit = asker.units[i];
        this.#countFor(asker, release, counted, { decision, unit, outcome, reach, traced });
      }
    }
  }

  /** A variant had a kind of error that none had before. */
  newError(release: string, variant: string): void {
    this.#releases.get(release)?.addNewError(variant);
  }

  stats(): EdgeStats {
    const all = [...this.#releases.values()];
    return {
      ...this.#edge.all(),
      versions: all.flatMap((release) => release.versions()),
      releases: all.map((release) => release.stats()),
      reasons: this.#reasons.all(),
      flips: this.flips.stats(),
    };
  }

  /** As {@link stats}, and nothing is read before it is needed. */
  measured(): Measured {
    const releases = [...this.#releases.values()].map((release) => this.#reader(release));
    const { sampled } = this.flips;
    return { ...this.#edge.all(), reasons: this.#reasons.all(), releases, sampled };
  }

  /** One decision of a request, and whose it was. */
  #countFor(
    asker: Asker,
    release: CompiledRelease,
    { counts, place, followers }: Counted,
    { decision, unit, outcome, reach, traced }: Recorded,
  ): void {
    const print = unit && printOf(unit);
    const hash = print === undefined ? undefined : hashIn(print);
    counts.add(place, outcome, reach, { hash, isNew: asker.isNew, traced });
    if (unit === undefined || print === undefined || followers === undefined) return;
    const served =
      reach === 'service'
        ? servedVariant(counts.shape, decision.variant, outcome.answered)
        : undefined;
    this.flips.compare(asker, followers, { release, decision, unit, print, served });
  }

  #markOf(decision: Decision): Mark {
    const { release } = decision;
    const reason = this.#reasons.placeOf(decision.reason);
    const counts = this.#releases.get(release);
    const place = counts?.placeOf(decision);
    if (counts === undefined || place === undefined) return { reason, counted: undefined };
    return { reason, counted: { counts, place, followers: this.flips.followersOf(release) } };
  }

  #tracedBy({ headers }: Asker): Traced | undefined {
    const trace = traceOf(headers);
    return trace?.isSampled === true ? { traceId: trace.traceId, time: this.#now() } : undefined;
  }

  #reader(release: ReleaseCounts): ReleaseReader {
    const { shape } = release;
    return {
      shape,
      generation: release.requests + this.flips.generationOf(shape.name),
      read: () => ({ ...release.stats(), flips: this.flips.of(shape.name) }),
      sketches: () => release.sketches(),
    };
  }

  readonly #shapeOf = (release: string): ReleaseShape | undefined =>
    this.#releases.get(release)?.shape;
}
