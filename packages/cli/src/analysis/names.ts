/** Which of the edge's series an analysis reads, and what each of them counts. Names and labels are the catalogue's. */
import {
  type ArmName,
  type MetricDefinition,
  SERIES,
  type SeriesKind,
  SLICES,
} from '@tinct/core/watching';

type Labels = Readonly<Record<string, string>>;
type Reader = (labels: Labels) => SeriesKind | undefined;

/** A series that is read, and the labels that say what it counts. */
export interface Reading {
  readonly series: MetricDefinition;
  /** As Prometheus has it: that of a histogram's buckets has a suffix. */
  readonly name: string;
  readonly uses: readonly string[];
  readonly kind: Reader;
}

function reading(series: MetricDefinition, uses: readonly string[], kind: Reader): Reading {
  const suffix = series.type === 'histogram' ? '_bucket' : '';
  return { series, name: `${series.name}${suffix}`, uses, kind };
}

const armOf = ({ arm }: Labels): ArmName | undefined =>
  arm === 'canary' || arm === 'control' ? arm : undefined;

function ofArm(
  series: MetricDefinition,
  make: (arm: ArmName, labels: Labels) => SeriesKind | undefined,
  ...more: string[]
): Reading {
  return reading(series, ['arm', ...more], (labels) => {
    const arm = armOf(labels);
    return arm === undefined ? undefined : make(arm, labels);
  });
}

const ofSlice = (series: MetricDefinition, of: 'slice-requests' | 'slice-errors'): Reading =>
  reading(series, ['slice'], ({ slice }) => {
    const number = Number(slice);
    return Number.isInteger(number) && number >= 0 && number < SLICES
      ? { of, slice: number }
      : undefined;
  });

export function boundaryOf(le: string | undefined): number {
  return le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
}

export const READINGS: readonly Reading[] = [
  // Where a gateway has sent a request on, nobody saw what became of it.
  ofArm(
    SERIES.requests,
    (arm, labels) =>
      labels['class'] === 'unseen'
        ? undefined
        : { of: 'requests', arm, isRefusal: labels['class'] === '4xx' },
    'class',
  ),
  ofArm(SERIES.errors, (arm) => ({ of: 'errors', arm })),
  ofArm(SERIES.duration, (arm, { le }) => {
    const boundary = boundaryOf(le);
    return Number.isNaN(boundary) ? undefined : { of: 'within', arm, boundary };
  }),
  ofArm(SERIES.affected, (arm) => ({ of: 'affected', arm })),
  ofArm(SERIES.units, (arm) => ({ of: 'units', arm })),
  ofArm(SERIES.stepUnits, (arm) => ({ of: 'assigned', arm })),
  ofSlice(SERIES.sliceRequests, 'slice-requests'),
  ofSlice(SERIES.sliceErrors, 'slice-errors'),
  reading(SERIES.canaryRatio, [], () => ({ of: 'share' })),
  reading(SERIES.availability, [], () => ({ of: 'objective' })),
  reading(SERIES.analysisStart, [], () => ({ of: 'start' })),
];

const BY_NAME = new Map(READINGS.map((each) => [each.name, each]));

/** Labels that say what is counted; the others say who counts. */
const OWN = new Set(['__name__', 'le', ...READINGS.flatMap(({ series }) => series.labels)]);

/** PromQL for all of it: of one release, as the edge reports it, where the release's own service answered. */
export function selectorOf(release: string): string {
  const names = READINGS.map(({ name }) => name).join('|');
  return `{__name__=~"${names}",release="${release}",reach=~"service|",reporter=~"edge|"}`;
}

export const START_SELECTOR = (release: string): string =>
  `${SERIES.analysisStart.name}{release="${release}"}`;

/** `undefined`: nothing that is compared. */
export function kindOf(labels: Labels): SeriesKind | undefined {
  return BY_NAME.get(labels['__name__'] ?? '')?.kind(labels);
}

export function targetOf(labels: Labels): string {
  const own = Object.entries(labels).filter(([name]) => !OWN.has(name));
  return JSON.stringify(own.sort(([a], [b]) => (a < b ? -1 : 1)));
}
