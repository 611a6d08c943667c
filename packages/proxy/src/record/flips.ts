/** Counts units whose version changes though nothing explains it: from the visitor's cookie, else from a sample of units. */
import type { CompiledRelease, Decision, DecisionContext, Unit } from '@tinct/core';
import { lastFor, type StoredDecision } from '@tinct/sdk';
import { changeOf, isPassing, type Seen, servedChangeOf } from './change.ts';
import { FlipCounts, type FlipReading, type FlipStats } from './flip-counts.ts';
import { type Ledger, ownLedger, PASSING } from './ledger.ts';
import { HashSample, hashOfUnit } from './sample.ts';

/** A unit's last request, and the last one of which it is known which version answered. */
interface Tracked {
  readonly release: string;
  /** Another hash of the unit: two units may have one in common. */
  readonly check: number;
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

/** One of a request's decisions, for whom, and who answered. */
export interface Given {
  readonly release: CompiledRelease;
  readonly decision: Decision;
  readonly unit: Unit;
  /** Of the unit: see {@link hashOfUnit}. */
  readonly hash: number;
  /** The variant that answered; `undefined`: nobody says. */
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
/** Where the hash begins by which units are told apart that have the usual one in common. */
const CHECK = 0x9e3779b9;
/** 30 bits of it: to the engine always a small number, and no object. */
const checkOf = (unit: Unit): number => hashOfUnit(unit, CHECK) >>> 2;

const asking = new WeakMap<CompiledRelease, boolean>();

/** Whether what a unit gets hangs on more than the unit and the plan. */
function asksOf(release: CompiledRelease): boolean {
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

  /** Compares with the last time, and notes for the next. */
  compare({ context, stored, order }: Followed, given: Given): void {
    const { release, decision, unit, served } = given;
    const counts = this.#counts.get(release.name);
    if (counts === undefined || isPassing(decision.reason) || unit.key.length > MAX_KEY) return;
    const before = stored.length === 0 ? undefined : lastFor(release.name, stored, unit);
    const hash = (given.hash ^ counts.salt) >>> 0;
    const tracked = this.#trackedOf(hash, given);
    if (tracked === null && before === undefined) return;
    // One that was decided later has been answered before: what this one got is older than what is known.
    if (tracked != null && tracked.order > order) return;
    const asks = asksOf(release);
    const seen = seenOf(decision, asks ? textOf(context) : '');
    const last =
      before === undefined
        ? tracked?.last
        : fromCookie(before, tracked?.last, seen, given, context);
    count(counts, { asks, seen, served }, last, answerFor(tracked, before));
    if (tracked === undefined) this.#track(hash, given, seen, order);
    else if (tracked !== null) follow(tracked, counts, { asks, seen, served }, order);
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

  /** `undefined`: of the sample, and new; `null`: not of the sample. */
  #trackedOf(hash: number, { release, unit }: Given): Tracked | undefined | null {
    if (!this.#units.has(hash)) return null;
    const found = this.#units.get(hash);
    if (found === undefined) return undefined;
    return found.release === release.name && found.check === checkOf(unit) ? found : null;
  }

  #track(hash: number, { release, unit, served }: Given, seen: Seen, order: number): void {
    const check = checkOf(unit);
    const answered = answerOf(seen, served);
    this.#units.set(hash, {
      release: release.name,
      check,
      isBack: false,
      order,
      last: seen,
      answered,
    });
    this.#share.set(this.#units.share);
  }
}

/** What a unit of the sample got this time. */
interface Now {
  /** Whether conditions take part. */
  readonly asks: boolean;
  readonly seen: Seen;
  readonly served: string | undefined;
}

/** Notes it in what is known of the unit. */
function follow(tracked: Tracked, counts: FlipCounts, { seen, served }: Now, order: number): void {
  if (!tracked.isBack) counts.addReturned();
  tracked.isBack = true;
  tracked.order = order;
  if (!isAsBefore(tracked.last, seen)) tracked.last = seen;
  if (served === undefined) return;
  const { answered } = tracked;
  if (answered?.served !== served || !isAsBefore(answered, seen))
    tracked.answered = answerOf(seen, served);
}

/** Versions that answered are compared where both are known; else those that were decided. */
function count(
  counts: FlipCounts,
  { asks, seen, served }: Now,
  last: Seen | undefined,
  answered: Answer | undefined,
): void {
  if (served !== undefined && answered !== undefined) {
    const isOther = answered.served !== served;
    const change = isOther ? servedChangeOf(answered, { ...seen, served }, asks) : undefined;
    counts.add('service', change);
  } else if (last !== undefined) counts.add('unknown', changeOf(last, seen, asks));
}

const answerOf = (seen: Seen, served: string | undefined): Answer | undefined =>
  served === undefined ? undefined : { ...seen, served };

/** What the sample knows of the last answer; where the cookie knows of a later decision, that was answered elsewhere. */
function answerFor(
  tracked: Tracked | undefined | null,
  stored: StoredDecision | undefined,
): Answer | undefined {
  if (tracked == null || stored === undefined) return tracked?.answered;
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

/** Stands for what conditions saw. Text of some length would be held for each unit. */
const textOf = ({ attributes }: DecisionContext): string =>
  JSON.stringify(attributes ?? {}).slice(0, MAX_KEY);

const seenOf = ({ variant, revision, epoch, reason }: Decision, attributes: string): Seen => ({
  variant,
  revision,
  epoch,
  reason,
  attributes,
});

/** What the cookie does not say the sample knows, if it is of the same decision. */
function fromCookie(
  { release, variant, revision, epoch }: StoredDecision,
  last: Seen | undefined,
  now: Seen,
  { unit }: Given,
  { memory }: DecisionContext,
): Seen {
  // Of the same version nothing else is compared.
  if (variant === now.variant) return now;
  const isSame = last?.variant === variant && last.revision === revision;
  const attributes = isSame ? last.attributes : undefined;
  const entries = memory?.[release] ?? [];
  const wasKept = entries.some(
    (entry) =>
      entry.variant === variant && entry.unit.key === unit.key && entry.unit.type === unit.type,
  );
  return { variant, revision, epoch, reason: wasKept ? 'STICKY' : 'SPLIT', attributes };
}
