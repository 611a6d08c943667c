/** What a source has of one release: samples as they are, for the picture to count with. Pure. */
import { SERIES, type UnitSketch } from '@tinct/core/watching';
import type { Sample } from './counting.ts';

export type Labels = Readonly<Record<string, string>>;

export interface SeenSeries {
  /** With the name as `__name__`, and the edge as `instance`. */
  readonly labels: Labels;
  /** Ascending. */
  readonly samples: readonly Sample[];
}

/** An alert of Prometheus'. */
export interface SeenAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly state: string;
  /** RFC 3339. */
  readonly activeAt: string;
}

/** Somebody who was asked in vain. */
export interface Silent {
  readonly who: string;
  readonly why: string;
}

export interface Seen {
  readonly series: readonly SeenSeries[];
  /** `undefined`: the source knows nothing of alerts. */
  readonly alerts: readonly SeenAlert[] | undefined;
  readonly silent: readonly Silent[];
  /** Of each edge, where all of them gave theirs. */
  readonly sketches?: readonly (readonly UnitSketch[])[] | undefined;
}

const { requests, errors, duration, assignments, comparisons, flips } = SERIES;
const { units, affected, stepUnits, exposed, canaryRatio, releaseInfo } = SERIES;
const { analysisStart, aborted, revision, planRefused, ready } = SERIES;
const { verdict, convicted, evidence } = SERIES;

const BUCKETS = `${duration.name}_bucket`;

/** The series that a picture is made of; histograms by their buckets. */
const NAMES: ReadonlySet<string> = new Set([
  ...[requests, errors, assignments, comparisons, flips].map(({ name }) => name),
  ...[units, affected, stepUnits, exposed, canaryRatio, releaseInfo].map(({ name }) => name),
  ...[analysisStart, aborted, revision, planRefused, ready].map(({ name }) => name),
  ...[verdict, convicted, evidence].map(({ name }) => name),
  BUCKETS,
]);

export const isWatched = (name: string): boolean => NAMES.has(name);

/** PromQL: of one release, and of no release. */
export const selectorFor = (release: string): string =>
  `{__name__=~"${[...NAMES].join('|')}",release=~"${release}|"}`;
