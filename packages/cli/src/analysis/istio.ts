/**
 * Istio's standard metrics as an analysis reads them: versions instead of arms, requests instead of users. One caller's proxy (a
 * gateway, a sidecar) counts the requests to both versions, so callers are what is compared within.
 */
import {
  type ArmName,
  GRPC_ERRORS,
  type MeasuredSeries,
  type SeriesKind,
} from '@tinct/core/watching';
import { boundaryOf } from './names.ts';
import type { RawSeries } from './prometheus.ts';

type Labels = RawSeries['labels'];

/** Which of the mesh's versions are compared. */
export interface MeshVersions {
  /** As the plan has them: full names, or the Service's alone. */
  readonly hosts: readonly string[];
  /** The `version` label of pods, to what they are. */
  readonly arms: ReadonlyMap<string, ArmName>;
}

const REQUESTS = 'istio_requests_total';
const DURATION = 'istio_request_duration_milliseconds_bucket';

/** PromQL for both versions of a service, as whoever calls it has counted. */
export function meshSelectorOf({ hosts, arms }: MeshVersions): string {
  const services = hosts.map((host) =>
    host.includes('.') ? literal(host) : `${literal(host)}(\\\\..*)?`,
  );
  const versions = [...arms.keys()].map(literal);
  return `{__name__=~"${REQUESTS}|${DURATION}",reporter="source",destination_service=~"${services.join('|')}",destination_version=~"${versions.join('|')}"}`;
}

/** A text within a regular expression within PromQL's quotes. */
const literal = (text: string): string =>
  text.replace(/[.*+?^${}()|[\]\\"]/g, (character) => `\\\\${character}`);

/** What a series counts: a failed request is a request, too. */
function kindsOf(labels: Labels, arm: ArmName): SeriesKind[] {
  if (labels['__name__'] === DURATION) {
    const boundary = boundaryOf(labels['le']) / 1000;
    return Number.isNaN(boundary) ? [] : [{ of: 'within', arm, boundary }];
  }
  const code = labels['response_code'] ?? '';
  const requests: SeriesKind = { of: 'requests', arm, isRefusal: code.startsWith('4') };
  return isError(code, labels) ? [requests, { of: 'errors', arm }] : [requests];
}

/** As the edge defines it: 5xx, or gRPC's statuses that are the service's fault. */
function isError(code: string, { grpc_response_status: status }: Labels): boolean {
  return (
    code.startsWith('5') ||
    (status !== undefined && status !== '' && GRPC_ERRORS.has(Number(status)))
  );
}

/** Labels that say what was answered, and by whom; the others say who called. */
const ANSWER =
  /^(__name__|le|response_|grpc_|request_protocol|connection_|destination_(?!service$))/;

function callerOf(labels: Labels): string {
  const own = Object.entries(labels).filter(([name]) => !ANSWER.test(name));
  return JSON.stringify(own.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Each caller's counts by what they count: series that differ only in what was answered are added up. */
export function meshSeries(raw: readonly RawSeries[], { arms }: MeshVersions): MeasuredSeries[] {
  const counted = raw.flatMap((series) => {
    const arm = arms.get(series.labels['destination_version'] ?? '');
    return arm === undefined ? [] : [{ series, kinds: kindsOf(series.labels, arm) }];
  });
  const callers = Map.groupBy(counted, ({ series }) => callerOf(series.labels));
  return [...callers].flatMap(([target, members]) => addedUp(target, members));
}

interface Counted {
  readonly series: RawSeries;
  readonly kinds: readonly SeriesKind[];
}

/** Nobody had an error as long as no series of errors is there: so counting begins at 0 and not with the first error. */
const ALWAYS: readonly SeriesKind[] = (['canary', 'control'] as const).flatMap(
  (arm): SeriesKind[] => [
    { of: 'requests', arm, isRefusal: false },
    { of: 'requests', arm, isRefusal: true },
    { of: 'errors', arm },
  ],
);

/**
 * Sums at each scrape of one caller. A proxy forgets a series that nothing was added to for long: its last value stays in the sum. When a
 * series goes back the proxy began anew, and nothing of before counts.
 */
function addedUp(target: string, members: readonly Counted[]): MeasuredSeries[] {
  const kinds = new Map(
    [...ALWAYS, ...members.flatMap((each) => each.kinds)].map((kind) => [
      JSON.stringify(kind),
      kind,
    ]),
  );
  const values = members.map(({ series }) => new Map(series.samples));
  const times = [
    ...new Set(members.flatMap(({ series }) => series.samples.map(([at]) => at))),
  ].sort((a, b) => a - b);
  const last = members.map(() => 0);
  const sums = new Map(
    [...kinds.keys()].map((key) => [key, [] as { at: number; value: number }[]]),
  );
  for (const at of times) {
    if (values.some((of, i) => (of.get(at) ?? Number.POSITIVE_INFINITY) < (last[i] ?? 0)))
      last.fill(0);
    const now = new Map<string, number>();
    members.forEach((member, i) => {
      const value = values[i]?.get(at) ?? last[i] ?? 0;
      last[i] = value;
      for (const kind of member.kinds) {
        const key = JSON.stringify(kind);
        now.set(key, (now.get(key) ?? 0) + value);
      }
    });
    for (const [key, samples] of sums) samples.push({ at, value: now.get(key) ?? 0 });
  }
  return [...kinds].map(([key, kind]) => ({ kind, target, samples: sums.get(key) ?? [] }));
}
