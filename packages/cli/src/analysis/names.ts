/** Which of the edge's series an analysis reads, and what each of them counts. All names stand here. */
import type { ArmName, SeriesKind } from '@tinct/core';

type Labels = Readonly<Record<string, string>>;
type Reader = (labels: Labels) => SeriesKind | undefined;

const armOf = ({ arm }: Labels): ArmName | undefined =>
  arm === 'canary' || arm === 'control' ? arm : undefined;

const ofArm =
  (make: (arm: ArmName, labels: Labels) => SeriesKind | undefined): Reader =>
  (labels) => {
    const arm = armOf(labels);
    return arm === undefined ? undefined : make(arm, labels);
  };

const ofSlice =
  (of: 'slice-requests' | 'slice-errors'): Reader =>
  ({ slice }) => {
    const number = Number(slice);
    return Number.isInteger(number) && number >= 0 && number < 1024
      ? { of, slice: number }
      : undefined;
  };

function boundaryOf(le: string | undefined): number {
  return le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
}

const READERS: Readonly<Record<string, Reader>> = {
  // Where a gateway has sent a request on, nobody saw what became of it.
  tinct_requests_total: ofArm((arm, labels) =>
    labels['class'] === 'unseen'
      ? undefined
      : { of: 'requests', arm, isRefusal: labels['class'] === '4xx' },
  ),
  tinct_errors_total: ofArm((arm) => ({ of: 'errors', arm })),
  tinct_request_duration_seconds_bucket: ofArm((arm, { le }) => {
    const boundary = boundaryOf(le);
    return Number.isNaN(boundary) ? undefined : { of: 'within', arm, boundary };
  }),
  tinct_affected_units_total: ofArm((arm) => ({ of: 'affected', arm })),
  tinct_units: ofArm((arm) => ({ of: 'units', arm })),
  tinct_step_units: ofArm((arm) => ({ of: 'assigned', arm })),
  tinct_slice_requests_total: ofSlice('slice-requests'),
  tinct_slice_errors_total: ofSlice('slice-errors'),
  tinct_canary_nominal_ratio: () => ({ of: 'share' }),
  tinct_analysis_start_timestamp_seconds: () => ({ of: 'start' }),
};

/** Labels that say what is counted; the others say who counts. */
const OWN = [
  '__name__',
  'release',
  'variant',
  'arm',
  'reach',
  'reporter',
  'class',
  'cause',
  'le',
  'slice',
];

/** PromQL for all of it: of one release, as the edge reports it, where the release's own service answered. */
export function selectorOf(release: string): string {
  const names = Object.keys(READERS).join('|');
  return `{__name__=~"${names}",release="${release}",reach=~"service|",reporter=~"edge|"}`;
}

export const START_SELECTOR = (release: string): string =>
  `tinct_analysis_start_timestamp_seconds{release="${release}"}`;

/** `undefined`: nothing that is compared. */
export function kindOf(labels: Labels): SeriesKind | undefined {
  return READERS[labels['__name__'] ?? '']?.(labels);
}

export function targetOf(labels: Labels): string {
  const own = Object.entries(labels).filter(([name]) => !OWN.includes(name));
  return JSON.stringify(own.sort(([a], [b]) => (a < b ? -1 : 1)));
}
