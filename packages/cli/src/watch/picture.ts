/** What there is to see of a release in one moment. Made from samples alone. Pure. */
import { ARMS, type Arm, SERIES } from '@tinct/core/watching';
import { type Bucket, increaseOf, quantileOf, spanOf } from './counting.ts';
import { type EdgePicture, edgesOf } from './edges.ts';
import { type Exposure, exposureOf, type PeoplePicture, peopleOf } from './people.ts';
import type { Labels, Seen, SeenAlert, SeenSeries, Silent } from './seen.ts';
import { lastOf, named, newest, share, sum, withLabel } from './series.ts';
import { type Together, togetherOf } from './together.ts';

/** One version in one arm, over the window. */
export interface ArmPicture {
  readonly arm: Arm;
  readonly variant: string;
  /** Requests that the release's service answered. */
  readonly requests: number;
  readonly errors: number;
  /** A second; `undefined`: there are not two scrapes. */
  readonly rate: number | undefined;
  /** Shares of requests; `undefined`: there were none. */
  readonly errorRatio: number | undefined;
  readonly refusedRatio: number | undefined;
  /** Seconds. */
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  readonly p99: number | undefined;
}

export interface AlertPicture {
  readonly name: string;
  readonly severity: string;
  readonly state: string;
  readonly since: string;
  readonly summary: string;
}

/** What a running analyser says (`tinct watch --serve`). */
export interface VerdictPicture {
  readonly verdict: string;
  /** By what it has been convicted: errors, latency, refusals, custom, all. */
  readonly convicted: readonly string[];
  /** The natural log of the evidence that it is worse, all metrics together. */
  readonly evidenceLog: number | undefined;
}

export interface Picture {
  readonly release: string;
  /** Seconds since the epoch. */
  readonly at: number;
  /** Seconds that the counts are of. */
  readonly window: number;
  readonly info:
    | { readonly stable: string; readonly state: string; readonly owner: string }
    | undefined;
  /** Since when the analysis counts, in seconds since the epoch. */
  readonly analysisSince: number | undefined;
  readonly arms: readonly ArmPicture[];
  /** A second, of requests that carry the release's color and of which nobody knows whether its service answered. */
  readonly unknownRate: number;
  readonly people: readonly PeoplePicture[];
  readonly exposure: Exposure;
  /** Whose sketches were merged for the users; `undefined`: there are bounds alone, where there are several edges. */
  readonly together: Pick<Together, 'edges' | 'error'> | undefined;
  readonly flips: { readonly flips: number; readonly compared: number };
  readonly served: { readonly match: number; readonly mismatch: number; readonly unknown: number };
  readonly edges: readonly EdgePicture[];
  /** Whether edges that answer hold different revisions. */
  readonly disagree: boolean;
  /** `undefined`: the source knows nothing of alerts. */
  readonly alerts: readonly AlertPicture[] | undefined;
  /** `undefined`: no analyser is heard. */
  readonly verdict: VerdictPicture | undefined;
  readonly silent: readonly Silent[];
  /** What the numbers of a lost source are: older than they look. */
  readonly stale?: { readonly since: number; readonly why: string };
}

export interface Moment {
  readonly release: string;
  readonly at: number;
}

const grown = (series: readonly SeenSeries[]): number =>
  sum(series.map(({ samples }) => increaseOf(samples)));
/** Each edge's own pace: one that came a moment ago has not had the whole window. */
function rateOf(series: readonly SeenSeries[]): number | undefined {
  const counted = series.filter(({ samples }) => spanOf(samples) > 0);
  if (counted.length === 0) return undefined;
  return sum(counted.map(({ samples }) => increaseOf(samples) / spanOf(samples)));
}

const ofEdge = ({ labels }: SeenSeries): boolean =>
  labels['reach'] === 'service' && labels['reporter'] === 'edge';

function bucketsOf(series: readonly SeenSeries[]): Bucket[] {
  const byBound = Map.groupBy(series, ({ labels }) =>
    Number(labels['le'] === '+Inf' ? 'Infinity' : labels['le']),
  );
  return [...byBound].map(([bound, each]) => [bound, grown(each)] as const);
}

/** Neither given up by the client nor sent on by a gateway: what became of those nobody saw. */
const isEnded = ({ labels }: SeenSeries): boolean =>
  !['abandoned', 'unseen'].includes(labels['class'] ?? '');

function armOf(arm: Arm, variant: string, own: readonly SeenSeries[]): ArmPicture {
  const asked = named(own, SERIES.requests.name).filter(isEnded);
  const requests = grown(asked);
  const errors = grown(named(own, SERIES.errors.name));
  const refused = grown(asked.filter(({ labels }) => labels['class'] === '4xx'));
  const buckets = bucketsOf(named(own, `${SERIES.duration.name}_bucket`));
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((each) => quantileOf(each, buckets));
  return {
    ...{ arm, variant, requests, errors, rate: rateOf(asked) },
    ...{ errorRatio: share(errors, requests), refusedRatio: share(refused, requests) },
    ...{ p50, p95, p99 },
  };
}

const orderOf = (arm: string | undefined): number => ARMS.indexOf(arm as Arm);

/** Canary, control, everyone else; every version that the edges name in one. */
function armsOf(series: readonly SeenSeries[]): ArmPicture[] {
  const own = series.filter(ofEdge);
  const keys = new Map(
    own.map(({ labels: { arm, variant } }) => [`${arm} ${variant}`, { arm, variant }]),
  );
  return [...keys.values()]
    .filter(({ arm }) => orderOf(arm) >= 0)
    .toSorted(
      (a, b) => orderOf(a.arm) - orderOf(b.arm) || ((a.variant ?? '') < (b.variant ?? '') ? -1 : 1),
    )
    .map(({ arm, variant }) =>
      armOf(
        arm as Arm,
        variant ?? '',
        own.filter(({ labels }) => labels['arm'] === arm && labels['variant'] === variant),
      ),
    );
}

function infoOf(series: readonly SeenSeries[]): Picture['info'] {
  const { labels } = newest(named(series, SERIES.releaseInfo.name)) ?? {};
  if (labels === undefined) return undefined;
  const { stable = '', state = '', owner = '' } = labels;
  return { stable, state, owner };
}

function servedOf(series: readonly SeenSeries[]): Picture['served'] {
  const all = named(series, SERIES.assignments.name);
  const of = (served: string) => grown(withLabel(all, 'served', served));
  return { match: of('match'), mismatch: of('mismatch'), unknown: of('unknown') };
}

function verdictOf(series: readonly SeenSeries[]): VerdictPicture | undefined {
  const stands = newest(named(series, SERIES.verdict.name).filter((each) => lastOf(each) === 1));
  if (stands === undefined) return undefined;
  const convicted = named(series, SERIES.convicted.name).filter((each) => lastOf(each) === 1);
  const evidence = newest(withLabel(named(series, SERIES.evidence.name), 'metric', 'all'));
  return {
    verdict: stands.labels['verdict'] ?? '',
    convicted: convicted.flatMap(({ labels }) => labels['metric'] ?? []),
    evidenceLog: evidence === undefined ? undefined : lastOf(evidence),
  };
}

/** Those of the release, and Tinct's that are of no release, such as edges that disagree. */
function alertsOf(alerts: readonly SeenAlert[], release: string): AlertPicture[] {
  const isOurs = ({ release: its, alertname = '' }: Labels) =>
    its === release || (its === undefined && alertname.startsWith('Tinct'));
  return alerts
    .filter(({ labels }) => isOurs(labels) && labels['severity'] !== 'none')
    .map(({ labels, annotations, state, activeAt }) => ({
      name: labels['alertname'] ?? '',
      severity: labels['severity'] ?? '',
      state,
      since: activeAt,
      summary: annotations['summary'] ?? '',
    }))
    .toSorted((a, b) => (a.state === b.state ? 0 : a.state === 'firing' ? -1 : 1));
}

/** How long the counts reach back: of the edge with the longest memory. */
const windowOf = (series: readonly SeenSeries[]): number =>
  Math.max(0, ...named(series, SERIES.revision.name).map(({ samples }) => spanOf(samples)));

/** The picture of a release at a moment. */
export function pictureOf(seen: Seen, { release, at }: Moment): Picture {
  const { series, alerts, silent } = seen;
  const together = togetherOf(seen.sketches);
  const own = series.filter(({ labels }) => labels['release'] === release);
  const edges = edgesOf(series, silent, at);
  const revisions = edges.filter(({ lost }) => lost === undefined).map(({ revision }) => revision);
  const unknown = named(own, SERIES.requests.name).filter(
    ({ labels }) => labels['reach'] === 'unknown' && labels['reporter'] === 'edge',
  );
  const start = named(own, SERIES.analysisStart.name);
  return {
    ...{ release, at, window: windowOf(series), info: infoOf(own) },
    analysisSince: start.length === 0 ? undefined : Math.min(...start.map(lastOf)),
    arms: armsOf(own),
    unknownRate: rateOf(unknown) ?? 0,
    people: peopleOf(own, together),
    exposure: exposureOf(own, together),
    together: together && { edges: together.edges, error: together.error },
    flips: {
      flips: grown(named(own, SERIES.flips.name)),
      compared: grown(named(own, SERIES.comparisons.name)),
    },
    served: servedOf(own),
    edges,
    disagree: new Set(revisions).size > 1,
    alerts: alerts === undefined ? undefined : alertsOf(alerts, release),
    verdict: verdictOf(own),
    silent,
  };
}
