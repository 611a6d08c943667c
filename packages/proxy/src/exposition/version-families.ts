/** What was counted per version, as metrics. */
import {
  ERROR_CAUSES,
  type Labels,
  MATCHES,
  REACHES,
  RESPONSE_CLASSES,
  type Reach,
  SERIES,
} from '@tinct/core';
import type { CellStats } from '../record/release-counts.ts';
import type { PerRelease, ReleaseNow } from './per-release.ts';
import type { Series } from './series.ts';

type Counts = CellStats['counts'][Reach];

/** Of each version, by whether its service answered. */
const perReach =
  (write: (labels: Labels, counts: Counts, into: Series, reach: Reach) => void) =>
  ({ counted }: ReleaseNow, into: Series): void => {
    for (const { cell, counts } of counted.cells)
      for (const reach of REACHES) write(cell.labels[reach], counts[reach], into, reach);
  };

function isEmpty(counts: Float64Array): boolean {
  for (let i = 0; i < counts.length; i += 1) if (counts[i] !== 0) return false;
  return true;
}

const requests = perReach((labels, counts, into) => {
  for (const name of RESPONSE_CLASSES) into.named(labels, 'class', name, counts.classOf(name));
});

const errors = perReach((labels, counts, into) => {
  for (const cause of ERROR_CAUSES) into.named(labels, 'cause', cause, counts.errorsBy(cause));
});

const slow = perReach((labels, counts, into) => into.number(labels, counts.slow));

/** Buckets of requests whose service isn't known are there once there is one: nobody compares them. */
const durations = perReach((labels, counts, into, reach) => {
  const histogram = counts.durations;
  if (reach === 'service' || !isEmpty(histogram.counts)) into.histogram(labels, histogram);
});

function firstBytes({ counted }: ReleaseNow, into: Series): void {
  for (const { cell, counts } of counted.cells) {
    const histogram = counts.service.firstBytes;
    if (!isEmpty(histogram.counts)) into.histogram(cell.labels.version, histogram);
  }
}

function streams({ counted }: ReleaseNow, into: Series): void {
  for (const { cell, counts } of counted.cells)
    into.number(cell.labels.version, counts.service.streams + counts.unknown.streams);
}

function assignments({ release, counted }: ReleaseNow, into: Series): void {
  for (const { variant, matches } of counted.assignments)
    for (const match of MATCHES) into.named({ release, variant }, 'served', match, matches[match]);
}

function newErrors({ release, counted }: ReleaseNow, into: Series): void {
  for (const { variant, newErrors: kinds } of counted.assignments)
    into.number({ release, variant, reporter: 'edge' }, kinds);
}

export const VERSION_FAMILIES: readonly PerRelease[] = [
  { metric: SERIES.requests, write: requests },
  { metric: SERIES.errors, write: errors },
  { metric: SERIES.slow, write: slow },
  { metric: SERIES.duration, write: durations },
  { metric: SERIES.firstByte, write: firstBytes },
  { metric: SERIES.streams, write: streams },
  { metric: SERIES.assignments, write: assignments },
  { metric: SERIES.newErrors, write: newErrors },
];
