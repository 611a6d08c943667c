/** PromQL that several panels are made of. Raw series of the catalogue: dashboards need no recording rules. Pure. */
import type { MetricDefinition } from '@tinct/core';
import { SERIES } from '@tinct/core';
import { ANSWERED } from '../observe/recording.ts';

/** A rate needs several scrapes: Grafana knows how far apart they are. */
export const WINDOW = '[$__rate_interval]';

/** The release that is looked at. */
export const CHOSEN = 'release="$release"';

/** What became of it was seen. */
const ENDED = 'class!~"abandoned|unseen"';

export const selected = ({ name }: MetricDefinition, ...labels: readonly string[]): string =>
  labels.length === 0 ? name : `${name}{${labels.join(',')}}`;

export const rate = (series: string, by: string): string =>
  `sum by (${by}) (rate(${series}${WINDOW}))`;

/** Requests a second that the release's service answered; `more` labels narrow it. */
export const requestRate = (by: string, ...more: readonly string[]): string =>
  rate(selected(SERIES.requests, ...more, ANSWERED, ENDED), by);

export const errorRate = (by: string, ...more: readonly string[]): string =>
  rate(selected(SERIES.errors, ...more, ANSWERED), by);

/** Errors as a share of requests. Without requests there is no share: a gap, and no zero. */
export const errorRatio = (by: string, ...more: readonly string[]): string =>
  `${errorRate(by, ...more)} / (${requestRate(by, ...more)} > 0)`;

export const bucketRate = (by: string, ...more: readonly string[]): string =>
  `sum by (${by}) (rate(${SERIES.duration.name}_bucket{${[...more, ANSWERED].join(',')}}${WINDOW}))`;

export const quantile = (share: number, by: string, ...more: readonly string[]): string =>
  `histogram_quantile(${share}, ${bucketRate(`${by}, le`, ...more)})`;

/** How many times control's the canary's is, of something that is summed by `release`. */
export const timesControl = (of: (arm: string) => string): string =>
  `(${of('arm="canary"')}) / (${of('arm="control"')} > 0)`;

/** Edges count their users for themselves: the largest count is what there is at least. */
export const atLeast = (series: string, by: string): string => `max by (${by}) (${series})`;

/** The share of users that the plan gives the canary now: none while everyone gets stable. */
export const nominalShare = (by: string, ...labels: readonly string[]): string =>
  `max by (${by}) (${selected(SERIES.canaryRatio, ...labels)}) * on (${by}) (1 - max by (${by}) (${selected(SERIES.aborted, ...labels)}))`;
