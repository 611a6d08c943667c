/** Counts units whose version changes though nothing explains it: from the visitor's cookie, else from a sample of units. */
import {
  type CompiledRelease,
  type Decision,
  type DecisionContext,
  type Unit,
  unitOf,
} from '@tinct/core';
import { type Decided, lastOf, type StoredDecision } from '@tinct/sdk';
import { CAUSES, type Cause, changeOf, isPassing, type Seen } from './change.ts';
import { type Ledger, ownLedger, PASSING, Tally } from './ledger.ts';
import { HashSample } from './sample.ts';

export interface FlipStats {
  readonly release: string;
  /** Decisions for a unit whose last one is known. */
  readonly compared: number;
  /** Of these, other versions than the last that nothing explains. */
  readonly flips: number;
  /** Other versions than the last, by what explains them; every cause is there. */
  readonly changes: Readonly<Record<Cause, number>>;
  /** Units seen at least twice, among those of the sample. */
  readonly returned: number;
  /** The share of all units that the sample holds. */
  readonly sampled: number;
}

interface Tracked extends Seen {
  readonly release: string;
  readonly isBack: boolean;
}

const COUNTED = ['compared', 'flips', 'returned'] as const;
/** How many units the sample has lost: nobody reads it but who wants to know whether anything has changed. */
const LOST_AT = COUNTED.length + CAUSES.length;

class Series {
  readonly counts: Tally<(typeof COUNTED)[number]>;
  readonly changes: Tally<Cause>;
  readonly #row: Float64Array;

  constructor(release: string, ledger: Ledger) {
    const row = ledger.row(`flips:${release}`, LOST_AT + 1);
    this.counts = new Tally(COUNTED, row.subarray(0, COUNTED.length));
    this.changes = new Tally(CAUSES, row.subarray(COUNTED.length, LOST_AT));
    this.#row = row;
  }

  /** Grows with every change. */
  get generation(): number {
    return this.counts.of('compared') + (this.#row[LOST_AT] ?? 0);
  }

  /** A unit that was seen twice has left the sample. */
  lose(): void {
    this.counts.add('returned', -1);
    this.#row[LOST_AT] = (this.#row[LOST_AT] ?? 0) + 1;
  }

  add(change: Cause | 'flip' | undefined): void {
    this.counts.add('compared');
    if (change === 'flip') this.counts.add('flips');
    else if (change !== undefined) this.changes.add(change);
  }
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
  #series = new Map<string, Series>();

  /** `limit`: how many units the sample holds at most, over all releases. */
  constructor(ledger: Ledger = ownLedger, limit: number = MAX_UNITS) {
    this.#ledger = ledger;
    this.#share = new Share(ledger);
    this.#units = new HashSample(limit, ({ release, isBack }) => {
      if (isBack) this.#series.get(release)?.lose();
    });
  }

  /** Every one of these releases counts from 0; others are forgotten. */
  expect(names: readonly string[]): void {
    const seriesOf = (name: string) => this.#series.get(name) ?? new Series(name, this.#ledger);
    this.#series = new Map(names.map((name) => [name, seriesOf(name)]));
  }

  /** `stored`: what the visitor's cookie says was decided last. */
  compare({ releases, decisions, context }: Decided, stored: readonly StoredDecision[]): void {
    releases.forEach((release, i) => {
      const decision = decisions[i] as Decision;
      const unit = isPassing(decision.reason) ? undefined : unitOf(release, context);
      if (unit === undefined || unit.key.length > MAX_KEY) return;
      const before = stored.length === 0 ? undefined : lastOf(release, stored, context);
      this.#compareOne(release, decision, unit, context, before);
    });
  }

  stats(): FlipStats[] {
    return [...this.#series.keys()].flatMap((release) => this.of(release) ?? []);
  }

  of(release: string): FlipStats | undefined {
    const series = this.#series.get(release);
    if (series === undefined) return undefined;
    const { counts, changes } = series;
    return { release, ...counts.all(), changes: changes.all(), sampled: this.sampled };
  }

  /** The share of all units that the sample holds. */
  get sampled(): number {
    return this.#share.value;
  }

  /** Grows with every change of a release's. */
  generationOf(release: string): number {
    return this.#series.get(release)?.generation ?? 0;
  }

  #compareOne(
    release: CompiledRelease,
    decision: Decision,
    unit: Unit,
    context: DecisionContext,
    stored: StoredDecision | undefined,
  ): void {
    const { name } = release;
    const series = this.#series.get(name);
    const key = `${name} ${unit.type} ${unit.key}`;
    const isSampled = this.#units.has(key);
    if (series === undefined || (!isSampled && stored === undefined)) return;
    const tracked = isSampled ? this.#units.get(key) : undefined;
    const last = stored === undefined ? tracked : fromCookie(stored, tracked, unit, context);
    const now = seenOf(release, decision, context);
    if (last !== undefined) series.add(changeOf(last, now, asks(release)));
    if (!isSampled) return;
    if (tracked !== undefined && !tracked.isBack) series.counts.add('returned');
    // Most come again as they were: to write that down anew would make garbage of an old object each time.
    if (tracked?.isBack && isAsBefore(tracked, now)) return;
    this.#units.set(key, { ...now, release: name, isBack: tracked !== undefined });
    this.#share.set(this.#units.share);
  }
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
  tracked: Tracked | undefined,
  unit: Unit,
  { memory }: DecisionContext,
): Seen {
  const isSame = tracked?.variant === variant && tracked.revision === revision;
  const attributes = isSame ? tracked.attributes : undefined;
  const entries = memory?.[release] ?? [];
  const wasKept = entries.some(
    (entry) =>
      entry.variant === variant && entry.unit.key === unit.key && entry.unit.type === unit.type,
  );
  return { variant, revision, epoch, reason: wasKept ? 'STICKY' : 'SPLIT', attributes };
}
