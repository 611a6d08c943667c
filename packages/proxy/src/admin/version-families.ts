/** What was counted per version and per unit, as metrics. */
import {
  ERROR_CAUSES,
  type Labels,
  type MetricFamily,
  type Point,
  REACHES,
  RESPONSE_CLASSES,
  type Reach,
  SERIES,
} from '@tinct/core';
import { DISTINCT_ERROR } from '../record/distinct.ts';
import type { CellStats, ReleaseStats } from '../record/release-counts.ts';

/** Labels with one more, made once: whoever writes them keeps their text by identity. */
class Extended {
  readonly #known = new WeakMap<Labels, Map<string, Labels>>();

  of(labels: Labels, name: string, value: string): Labels {
    const all = this.#known.get(labels) ?? new Map<string, Labels>();
    this.#known.set(labels, all);
    const known = all.get(value);
    if (known !== undefined) return known;
    const made = { ...labels, [name]: value };
    all.set(value, made);
    return made;
  }
}

const classed = new Extended();
const caused = new Extended();

/** Of a cell without its reach and reporter. */
const bare = new WeakMap<Labels, Labels>();

function bareOf(labels: Labels): Labels {
  const known = bare.get(labels);
  if (known !== undefined) return known;
  const { reach, reporter, ...rest } = labels;
  bare.set(labels, rest);
  return rest;
}

type Cells = readonly CellStats[];

const perReach = (
  cells: Cells,
  points: (
    labels: Labels,
    counts: CellStats['counts'][Reach],
    reach: Reach,
  ) => Point | readonly Point[],
): Point[] =>
  cells.flatMap(({ cell, counts }) =>
    REACHES.flatMap((reach) => points(cell.labels[reach], counts[reach], reach)),
  );

const total = (counts: Float64Array): number => counts.reduce((sum, count) => sum + count, 0);

/** Buckets of requests whose service isn't known are there once there is one: nobody compares them. */
function durations(cells: Cells): Point[] {
  return perReach(cells, (labels, counts, reach) => {
    const histogram = counts.durations;
    return reach === 'unknown' && total(histogram.counts) === 0 ? [] : { labels, histogram };
  });
}

function firstBytes(cells: Cells): Point[] {
  return cells.flatMap(({ cell, counts }) => {
    const histogram = counts.service.firstBytes;
    return total(histogram.counts) === 0
      ? []
      : [{ labels: bareOf(cell.labels.service), histogram }];
  });
}

const streams = (cells: Cells): Point[] =>
  cells.map(({ cell, counts }) => {
    const value = counts.service.streams + counts.unknown.streams;
    return { labels: bareOf(cell.labels.service), value };
  });

export function versionFamilies(releases: readonly ReleaseStats[]): MetricFamily[] {
  const cells = releases.flatMap((release) => release.cells);
  const assignments = releases.flatMap(({ release, assignments }) =>
    assignments.flatMap(({ variant, matches }) =>
      Object.entries(matches).map(([served, value]) => {
        return { labels: { release, variant, served }, value };
      }),
    ),
  );
  const requests = perReach(cells, (labels, counts) =>
    RESPONSE_CLASSES.map((name) => {
      return { labels: classed.of(labels, 'class', name), value: counts.classOf(name) };
    }),
  );
  const errors = perReach(cells, (labels, counts) =>
    ERROR_CAUSES.map((cause) => {
      return { labels: caused.of(labels, 'cause', cause), value: counts.errorsBy(cause) };
    }),
  );
  return [
    { metric: SERIES.requests, points: requests },
    { metric: SERIES.errors, points: errors },
    {
      metric: SERIES.slow,
      points: perReach(cells, (labels, counts) => ({ labels, value: counts.slow })),
    },
    { metric: SERIES.duration, points: durations(cells) },
    { metric: SERIES.firstByte, points: firstBytes(cells) },
    { metric: SERIES.streams, points: streams(cells) },
    { metric: SERIES.assignments, points: assignments },
  ];
}

export function unitFamilies(releases: readonly ReleaseStats[]): MetricFamily[] {
  const exposed = releases.flatMap(({ release, units }) =>
    units.exposed.map((one) => ({ ...one, labels: { release, variant: one.variant } })),
  );
  const arms = releases.flatMap(({ release, units }) =>
    units.arms.map((one) => ({ ...one, labels: { release, arm: one.arm } })),
  );
  const slices = releases.flatMap(({ release, units }) =>
    units.slices.map((one, slice) => ({ ...one, labels: { release, slice: `${slice}` } })),
  );
  const of = <T extends { readonly labels: Labels }>(
    all: readonly T[],
    pick: (one: T) => number,
  ): Point[] => all.map((one) => ({ labels: one.labels, value: pick(one) }));
  return [
    { metric: SERIES.exposed, points: of(exposed, ({ units }) => units) },
    { metric: SERIES.firstTouches, points: of(exposed, ({ firstTouches }) => firstTouches) },
    { metric: SERIES.units, points: of(arms, ({ units }) => units) },
    { metric: SERIES.affected, points: of(arms, ({ affected }) => affected) },
    { metric: SERIES.stepUnits, points: of(arms, ({ stepUnits }) => stepUnits) },
    { metric: SERIES.estimateError, points: [{ labels: {}, value: DISTINCT_ERROR }] },
    { metric: SERIES.sliceRequests, points: of(slices, ({ requests }) => requests) },
    { metric: SERIES.sliceErrors, points: of(slices, ({ errors }) => errors) },
  ];
}
