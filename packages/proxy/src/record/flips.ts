/** Counts units whose version changes though nothing explains it: from the visitor's cookie, else from a sample of units. */
import {
  type CompiledRelease,
  type Decision,
  type DecisionContext,
  type Unit,
  unitOf,
} from '@tinct/core';
import { lastOf, type StoredDecision } from '@tinct/sdk';
import { changeOf, isPassing, type Seen, servedChangeOf } from './change.ts';
import { FlipCounts, type FlipReading, type FlipStats } from './flip-counts.ts';
import { type Ledger, ownLedger, PASSING } from './ledger.ts';
import { HashSample } from './sample.ts';

/** A unit's last request, and the last one of which it is known which version answered. */
interface Tracked {
  readonly release: string;
  isBack: boolean;
  /** Of the requests, by when they were decided. */
  order: number;
  last: Seen;
  answered: Answer | undefined;
}

interface Answer extends Seen {
  readonly served: string;
}

/** Of whom a request was, and what is known of their last one. */
export interface Followed {
  readonly releases: readonly CompiledRelease[];
  readonly context: DecisionContext;
  /** What the visitor's cookie says was decided last. */
  readonly stored: readonly StoredDecision[];
  /** From {@link Flips.next}, when it was decided: answers come in another order. */
  readonly order: number;
}

/** One of a request's decisions, and who answered. */
interface Now {
  readonly release: CompiledRelease;
  readonly unit: Unit;
  readonly seen: Seen;
  /** `undefined`: not known. */
  readonly served: string | undefined;
}

/** The share that a sample holds; of several ledgers, the mean. */
class Share {
  readonly #row: Float64Array;

  constructor(ledger: Ledger) {
    this.#row = ledger.row(`${PASSING}sample`, 2);
  }

  set(share: number): void {
    this.#row[0] = share;
    this.#row[1] = 1;
  }

  get value(): number {
    const [sum = 0, count = 0] = this.#row;
    return count === 0 ? 1 : sum / count;
  }
}

const MAX_UNITS = 8192;
const MAX_KEY = 512;

const asking = new WeakMap<CompiledRelease, boolean>();

/** Whether what a unit gets hangs on more than the unit and the plan. */
function asks(release: CompiledRelease): boolean {
  const known = asking.get(release);
  if (known !== undefined) return known;
  const found = release.rules.some(
    ({ when, cohortWhen, members }) => (when ?? cohortWhen ?? members) !== undefined,
  );
  asking.set(release, found);
  return found;
}

export class Flips {
  readonly #units: HashSample<Tracked>;
  readonly #ledger: Ledger;
  readonly #share: Share;
  #counts = new Map<string, FlipCounts>();
  #order = 0;

  /** `limit`: how many units the sample holds at most, over all releases. */
  constructor(ledger: Ledger = ownLedger, limit: number = MAX_UNITS) {
    this.#ledger = ledger;
    this.#share = new Share(ledger);
    this.#units = new HashSample(limit, ({ release, isBack }) => {
      if (isBack) this.#counts.get(release)?.lose();
    });
  }

  /** Every one of these releases counts from 0; others are forgotten. */
  expect(names: readonly string[]): void {
    const countsOf = (name: string) => this.#counts.get(name) ?? new FlipCounts(name, this.#ledger);
    this.#counts = new Map(names.map((name) => [name, countsOf(name)]));
  }

  /** For a request that is decided now: later ones have higher numbers. */
  next(): number {
    this.#order += 1;
    return this.#order;
  }

  /** `i`: which of the request's decisions this is. `served`: the variant that answered; `undefined`: nobody says. */
  compare(followed: Followed, i: number, decision: Decision, served: string | undefined): void {
    const { releases, context, stored } = followed;
    const release = releases[i];
    if (release === undefined || isPassing(decision.reason)) return;
    const unit = unitOf(release, context);
    if (unit === undefined || unit.key.length > MAX_KEY) return;
    const before = stored.length === 0 ? undefined : lastOf(release, stored, context);
    const seen = seenOf(release, decision, context);
    this.#compareOne({ release, unit, seen, served }, followed, before);
  }

  stats(): FlipStats[] {
    return [...this.#counts].map(([release, counts]) => counts.stats(release, this.sampled));
  }

  of(release: string): FlipReading | undefined {
    return this.#counts.get(release)?.read(this.sampled);
  }

  /** The share of all units that the sample holds. */
  get sampled(): number {
    return this.#share.value;
  }

  /** Grows with every change of a release's. */
  generationOf(release: string): number {
    return this.#counts.get(release)?.generation ?? 0;
  }

  #compareOne(now: Now, { context, order }: Followed, stored: StoredDecision | undefined): void {
    const { release, unit, seen } = now;
    const counts = this.#counts.get(release.name);
    const key = `${release.name} ${unit.type} ${unit.key}`;
    const isSampled = this.#units.has(key);
    if (counts === undefined || (!isSampled && stored === undefined)) return;
    const tracked = isSampled ? this.#units.get(key) : undefined;
    // One that was decided later has been answered before: what this one got is older than what is known.
    if (tracked !== undefined && tracked.order > order) return;
    const last =
      stored === undefined ? tracked?.last : fromCookie(stored, tracked?.last, unit, context);
    count(counts, now, last, answerFor(tracked, stored));
    if (!isSampled) return;
    if (tracked === undefined) {
      const answered = answerOf(now);
      this.#units.set(key, { release: release.name, isBack: false, order, last: seen, answered });
      this.#share.set(this.#units.share);
      return;
    }
    if (!tracked.isBack) counts.addReturned();
    tracked.isBack = true;
    tracked.order = order;
    if (!isAsBefore(tracked.last, seen)) tracked.last = seen;
    if (now.served === undefined) return;
    const { answered } = tracked;
    if (answered?.served !== now.served || !isAsBefore(answered, seen))
      tracked.answered = answerOf(now);
  }
}

/** Versions that answered are compared where both are known; else those that were decided. */
function count(
  counts: FlipCounts,
  { release, seen, served }: Now,
  last: Seen | undefined,
  answered: Answer | undefined,
): void {
  if (served !== undefined && answered !== undefined)
    counts.add('service', servedChangeOf(answered, { ...seen, served }, asks(release)));
  else if (last !== undefined) counts.add('unknown', changeOf(last, seen, asks(release)));
}

const answerOf = ({ seen, served }: Now): Answer | undefined =>
  served === undefined ? undefined : { ...seen, served };

/** What the sample knows of the last answer; where the cookie knows of a later decision, that was answered elsewhere. */
function answerFor(
  tracked: Tracked | undefined,
  stored: StoredDecision | undefined,
): Answer | undefined {
  if (tracked === undefined || stored === undefined) return tracked?.answered;
  const { variant, revision, epoch } = tracked.last;
  const isSame =
    stored.variant === variant && stored.revision === revision && stored.epoch === epoch;
  return isSame ? tracked.answered : undefined;
}

const isAsBefore = (last: Seen, now: Seen): boolean =>
  last.variant === now.variant &&
  last.revision === now.revision &&
  last.epoch === now.epoch &&
  last.reason === now.reason &&
  last.attributes === now.attributes;

/** Text of some length would be held for each unit. */
function seenOf(
  release: CompiledRelease,
  { variant, revision, epoch, reason }: Decision,
  { attributes }: DecisionContext,
): Seen {
  const text = asks(release) ? JSON.stringify(attributes ?? {}).slice(0, MAX_KEY) : '';
  return { variant, revision, epoch, reason, attributes: text };
}

/** What the cookie does not say the sample knows, if it is of the same decision. */
function fromCookie(
  { release, variant, revision, epoch }: StoredDecision,
  last: Seen | undefined,
  unit: Unit,
  { memory }: DecisionContext,
): Seen {
  const isSame = last?.variant === variant && last.revision === revision;
  const attributes = isSame ? last.attributes : undefined;
  const entries = memory?.[release] ?? [];
  const wasKept = entries.some(
    (entry) =>
      entry.variant === variant && entry.unit.key === unit.key && entry.unit.type === unit.type,
  );
  return { variant, revision, epoch, reason: wasKept ? 'STICKY' : 'SPLIT', attributes };
}
