import { type Decision, type Plan, REASONS, type Reason } from '@tinct/core';
import type { Refusal } from '../refusal.ts';
import { type FlipStats, Flips } from './flips.ts';
import { BUCKETS, Histogram } from './histogram.ts';
import { type Ledger, ownLedger, Tally } from './ledger.ts';

/** How a forwarded request ended. */
export interface Outcome {
  /** What the client got; 0 if it left before. */
  readonly status: number;
  /** Who ended it before its time. */
  readonly fault: 'upstream' | 'client' | undefined;
  readonly ms: number;
  /** Why the upstream's answer is not there, or not whole; what the client was told if there was none. */
  readonly refused?: Refusal | undefined;
  /** What came of it in this process; not for clients. */
  readonly cause?: Error | undefined;
  /** False: the gateway that asked has sent the request on, and nobody here sees what becomes of it. */
  readonly isSeen?: false;
}

/** One variant of one release, since the edge started or the plan first named it. */
export interface VersionStats {
  readonly release: string;
  readonly variant: string;
  readonly requests: number;
  /** 5xx answers and upstreams that failed. */
  readonly errors: number;
  /** Requests that the client gave up; neither errors nor in the quantiles. */
  readonly abandoned: number;
  /** The same requests by the class of their answer. */
  readonly classes: Readonly<Record<ResponseClass, number>>;
  /** Milliseconds to the end of the response. */
  readonly p50: number | undefined;
  readonly p95: number | undefined;
}

export interface EdgeStats {
  /** All requests that were forwarded, whether or not a release applied. */
  readonly requests: number;
  /** Requests that the edge answered itself because of what they asked. */
  readonly refused: number;
  /** In the plan's order. */
  readonly versions: readonly VersionStats[];
  /** Decisions by reason; every reason is there. */
  readonly reasons: Readonly<Record<Reason, number>>;
  /** By release, in the plan's order. */
  readonly flips: readonly FlipStats[];
}

/** Classes of answers: by status, what the client gave up, and what a gateway has sent on. A response that broke off counts as 5xx. */
export const CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx', 'abandoned', 'unseen'] as const;
export type ResponseClass = (typeof CLASSES)[number];

function classOf({ status, fault, isSeen }: Outcome): ResponseClass {
  if (isSeen === false) return 'unseen';
  if (fault === 'client') return 'abandoned';
  return fault === 'upstream' ? '5xx' : (CLASSES[Math.floor(status / 100) - 1] ?? '5xx');
}

const TOTALS = ['requests', 'errors', 'abandoned'] as const;

class Series {
  readonly #totals: Tally<(typeof TOTALS)[number]>;
  readonly #classes: Tally<ResponseClass>;
  readonly #durations: Histogram;

  constructor(name: string, ledger: Ledger) {
    const classesEnd = TOTALS.length + CLASSES.length;
    const row = ledger.row(name, classesEnd + BUCKETS);
    this.#totals = new Tally(TOTALS, row.subarray(0, TOTALS.length));
    this.#classes = new Tally(CLASSES, row.subarray(TOTALS.length, classesEnd));
    this.#durations = new Histogram(row.subarray(classesEnd));
  }

  add(outcome: Outcome): void {
    const { status, fault, ms, isSeen } = outcome;
    this.#totals.add('requests');
    this.#classes.add(classOf(outcome));
    if (isSeen === false) return;
    if (fault === 'client') return this.#totals.add('abandoned');
    if (fault === 'upstream' || status >= 500) this.#totals.add('errors');
    this.#durations.add(ms);
  }

  stats(release: string, variant: string): VersionStats {
    const [p50, p95] = [this.#durations.quantile(0.5), this.#durations.quantile(0.95)];
    const classes = this.#classes.all();
    return { release, variant, ...this.#totals.all(), classes, p50, p95 };
  }
}

type Versions = Map<string, Map<string, Series>>;

function variantsOf(plan: Plan, release: string): string[] {
  const services = plan.releases[release]?.services ?? [];
  return [...new Set(services.flatMap(({ subsets }) => Object.keys(subsets)))];
}

/** Requests, errors and durations per version; decisions per reason. Bounded by the plan. */
export class Recorder {
  readonly #ledger: Ledger;
  readonly #edge: Tally<'requests' | 'refused'>;
  readonly #reasons: Tally<Reason>;
  #versions: Versions = new Map();
  readonly flips: Flips;

  constructor(ledger: Ledger = ownLedger) {
    this.#ledger = ledger;
    this.#edge = new Tally(['requests', 'refused'], ledger.row('edge', 2));
    this.#reasons = new Tally(REASONS, ledger.row('reasons', REASONS.length));
    this.flips = new Flips(ledger);
  }

  /** Every version of the plan counts from 0; what counts already goes on, what left the plan is forgotten. */
  expect(plan: Plan): void {
    const next: Versions = new Map();
    for (const release of Object.keys(plan.releases)) {
      const before = this.#versions.get(release);
      const series = variantsOf(plan, release).map(
        (variant) => [variant, before?.get(variant) ?? this.#series(release, variant)] as const,
      );
      next.set(release, new Map(series));
    }
    this.#versions = next;
    this.flips.expect(plan);
  }

  refused(): void {
    this.#edge.add('refused');
  }

  record(decisions: readonly Decision[], outcome: Outcome): void {
    this.#edge.add('requests');
    for (const { release, variant, reason } of decisions) {
      this.#reasons.add(reason);
      this.#versions.get(release)?.get(variant)?.add(outcome);
    }
  }

  stats(): EdgeStats {
    const versions = [...this.#versions].flatMap(([release, variants]) =>
      [...variants].map(([variant, series]) => series.stats(release, variant)),
    );
    return {
      ...this.#edge.all(),
      versions,
      reasons: this.#reasons.all(),
      flips: this.flips.stats(),
    };
  }

  #series(release: string, variant: string): Series {
    return new Series(`version:${release}:${variant}`, this.#ledger);
  }
}
