/** What was counted per version, as metrics. */
import {
  ERROR_CAUSES,
  type Labels,
  type Point,
  REACHES,
  RESPONSE_CLASSES,
  type Reach,
  SERIES,
} from '@tinct/core';
import type { CellStats } from '../record/release-counts.ts';
import { byName, type PerRelease, type ReleaseNow } from './per-release.ts';

function bareOf({ reach, reporter, ...rest }: Labels): Labels {
  return rest;
}

type OfReach = (
  labels: Labels,
  counts: CellStats['counts'][Reach],
  reach: Reach,
) => readonly Point[];

const perReach =
  (points: OfReach) =>
  ({ counted }: ReleaseNow): Point[] =>
    counted.cells.flatMap(({ cell, counts }) =>
      REACHES.flatMap((reach) => points(cell.labels[reach], counts[reach], reach)),
    );

const isEmpty = (counts: Float64Array): boolean => counts.every((count) => count === 0);

/** Buckets of requests whose service isn't known are there once there is one: nobody compares them. */
const durations = perReach((labels, counts, reach) => {
  const histogram = counts.durations;
  return reach === 'unknown' && isEmpty(histogram.counts) ? [] : [{ labels, histogram }];
});

const firstBytes = ({ counted }: ReleaseNow): Point[] =>
  counted.cells.flatMap(({ cell, counts }) => {
    const histogram = counts.service.firstBytes;
    return isEmpty(histogram.counts) ? [] : [{ labels: bareOf(cell.labels.service), histogram }];
  });

const streams = ({ counted }: ReleaseNow): Point[] =>
  counted.cells.map(({ cell, counts }) => {
    const value = counts.service.streams + counts.unknown.streams;
    return { labels: bareOf(cell.labels.service), value };
  });

const assignments = ({ release, counted }: ReleaseNow): Point[] =>
  counted.assignments.flatMap(({ variant, matches }) =>
    byName({ release, variant }, 'served', matches),
  );

const requests = perReach((labels, counts) =>
  RESPONSE_CLASSES.map((name) => ({
    labels: { ...labels, class: name },
    value: counts.classOf(name),
  })),
);

const errors = perReach((labels, counts) =>
  ERROR_CAUSES.map((cause) => ({ labels: { ...labels, cause }, value: counts.errorsBy(cause) })),
);

export const VERSION_FAMILIES: readonly PerRelease[] = [
  { metric: SERIES.requests, points: requests },
  { metric: SERIES.errors, points: errors },
  { metric: SERIES.slow, points: perReach((labels, { slow }) => [{ labels, value: slow }]) },
  { metric: SERIES.duration, points: durations },
  { metric: SERIES.firstByte, points: firstBytes },
  { metric: SERIES.streams, points: streams },
  { metric: SERIES.assignments, points: assignments },
];
