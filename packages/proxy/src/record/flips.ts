/** Counts units whose version changes though nothing explains it: from the visitor's cookie, else from a sample of units. */
import type { CompiledRelease, Decision, DecisionContext, Unit } from '@tinct/core';
import { lastFor, type StoredDecision } from '@tinct/sdk';
import { changeOf, isPassing, type Seen, servedChangeOf } from './change.ts';
import { FlipCounts, type FlipReading, type FlipStats } from './flip-counts.ts';
import { salted, type UnitPrint } from './hash.ts';
import { type Ledger, ownLedger, PASSING } from './ledger.ts';
import { type Answer, attributesText, type Sight, Sights } from './sights.ts';
import { ABSENT, UnitTable } from './unit-table.ts';

/** Of whom a request was, and what is known of their last one. */
export interface Followed {
  readonly releases: readonly CompiledRelease[];
  /** Whom each of the releases decides for. */
  readonly units: readonly (Unit | undefined)[];
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
  /** The unit's. */
  readonly print: UnitPrint;
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

/** Whether what a unit gets hangs on more than the unit and the plan. */
const asksOf = ({ rules }: CompiledRelease): boolean =>
  rules.some(({ when, cohortWhen, members }) => (when ?? cohortWhen ?? members) !== undefined);

/** A release whose units are followed. */
export class Followers {
  readonly counts: FlipCounts;
  readonly sights: Sights;
  #compiled: CompiledRelease | undefined;
  #asks = false;

  constructor(name: string, ledger: Ledger) {
    this.counts = new FlipCounts(name, ledger);
    this.sights = new Sights(name);
  }

  /** Whether conditions take part. */
  asks(release: CompiledRelease): boolean {
    if (this.#compiled === release) return this.#asks;
    this.#compiled = release;
    this.#asks = asksOf(release);
    return this.#asks;
  }
}

export class Flips {
  readonly #units: UnitTable<Sight, Answer>;
  readonly #ledger: Ledger;
  readonly #share: Share;
  #releases = new Map<string, Followers>();
  #order = 0;

  /** `limit`: how many units the sample holds at most, over all releases. */
  constructor(ledger: Ledger = ownLedger, limit: number = MAX_UNITS) {
    this.#ledger = ledger;
    this.#share = new Share(ledger);
    this.#units = new UnitTable(limit, ({ release }) => this.#releases.get(release)?.counts.lose());
  }

  /** Every one of these releases counts from 0; others are forgotten. */
  expect(names: readonly string[]): void {
    const of = (name: string) => this.#releases.get(name) ?? new Followers(name, this.#ledger);
    this.#releases = new Map(names.map((name) => [name, of(name)]));
  }

  /** For a request that is decided now: later ones have higher numbers. */
  next(): number {
    this.#order += 1;
    return this.#order;
  }

  /** `undefined`: it is none of those that are expected. */
  followersOf(release: string): Followers | undefined {
    return this.#releases.get(release);
  }

  /** Compares with the last time, and notes for the next. `followers`: the release's. */
  compare({ context, stored, order }: Followed, followers: Followers, given: Given): void {
    const { release, decision, unit, served } = given;
    if (isPassing(decision.reason) || unit.key.length > MAX_KEY) return;
    const { counts, sights } = followers;
    const print = salted(given.print, counts.salt);
    const at = this.#units.find(print);
    const tracked = at === ABSENT ? undefined : this.#units.lastAt(at);
    const before = toldBy(stored, given, tracked);
    if (before === undefined && !this.#units.has(print)) return;
    // One that was decided later has been answered before: what this one got is older than what is known.
    if (at !== ABSENT && this.#units.orderAt(at) > order) return;
    const asks = followers.asks(release);
    const now = sights.of(decision, asks ? attributesText(context) : '');
    const answered = served === undefined ? undefined : sights.answered(now, served);
    const last = before === undefined ? tracked : fromCookie(before, tracked, now, given, context);
    const earlier = at === ABSENT ? undefined : this.#units.answeredAt(at);
    count(counts, { asks, now, answered }, last, isTold(tracked, before) ? earlier : undefined);
    if (at === ABSENT) {
      this.#units.add(print, order, now, answered);
      this.#share.set(this.#units.share);
      return;
    }
    if (!this.#units.isBackAt(at)) counts.addReturned();
    this.#units.follow(at, order, now, answered);
  }

  stats(): FlipStats[] {
    return [...this.#releases].map(([name, { counts }]) => counts.stats(name, this.sampled));
  }

  of(release: string): FlipReading | undefined {
    return this.#releases.get(release)?.counts.read(this.sampled);
  }

  /** The share of all units that the sample holds. */
  get sampled(): number {
    return this.#share.value;
  }

  /** Grows with every change of a release's. */
  generationOf(release: string): number {
    return this.#releases.get(release)?.counts.generation ?? 0;
  }
}

/** What a unit got this time. */
interface Now {
  /** Whether conditions take part. */
  readonly asks: boolean;
  readonly now: Seen;
  /** `undefined`: nobody says who answered. */
  readonly answered: Answer | undefined;
}

/** Versions that answered are compared where both are known; else those that were decided. */
function count(
  counts: FlipCounts,
  { asks, now, answered }: Now,
  last: Seen | undefined,
  earlier: Answer | undefined,
): void {
  if (answered !== undefined && earlier !== undefined)
    counts.add('service', servedChangeOf(earlier, answered, asks));
  else if (last !== undefined) counts.add('unknown', changeOf(last, now, asks));
}

/**
 * What the cookie says of the unit, where that can make a difference: whose it is takes longer to find out than all the
 * rest. It makes none where it says what the sample knows, and the unit got the same again.
 */
function toldBy(
  stored: readonly StoredDecision[],
  { release, decision, unit }: Given,
  tracked: Sight | undefined,
): StoredDecision | undefined {
  if (stored.length === 0) return undefined;
  if (tracked !== undefined && tracked.variant === decision.variant) {
    const told = stored.find((each) => each.release === release.name);
    if (told === undefined || isTold(tracked, told)) return undefined;
  }
  return lastFor(release.name, stored, unit);
}

/** Whether the last answer is what the sample knows; a later decision, of which the cookie knows, was answered elsewhere. */
const isTold = (last: Seen | undefined, stored: StoredDecision | undefined): boolean =>
  stored === undefined ||
  last === undefined ||
  (stored.variant === last.variant &&
    stored.revision === last.revision &&
    stored.epoch === last.epoch);

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
