/** Every metric of Tinct's, once. `docs/metrics.md` is made from it; what counts, what exposes and what asks read it here. */
import { COARSE_BOUNDS, DURATION_BOUNDS } from './bounds.ts';
import type { MetricDefinition, Reporter } from './definition.ts';

const BOTH: readonly Reporter[] = ['edge', 'service'];
const EDGE: readonly Reporter[] = ['edge'];
const SERVICE: readonly Reporter[] = ['service'];
const ANALYSER: readonly Reporter[] = ['analyser'];

/** The labels of whatever is counted per version. */
const VERSION = ['release', 'variant', 'arm', 'reach', 'reporter'] as const;
const PER_VERSION = 'per release, variant, arm that the plan leads to, and reach';

type About = Partial<Pick<MetricDefinition, 'unit' | 'labels' | 'reporters' | 'cost' | 'bounds'>>;

function metric(
  type: MetricDefinition['type'],
  name: string,
  help: string,
  { unit = '1', labels = [], reporters = EDGE, cost = costOf(labels), bounds }: About = {},
): MetricDefinition {
  const given = { name, type, unit, labels, help, reporters, cost };
  return bounds === undefined ? given : { ...given, bounds };
}

const costOf = (labels: readonly string[]): string =>
  labels.length === 0 ? '1' : `1 per ${labels.join(', ')}`;

/** Requests of each version. */
const versions = {
  requests: metric(
    'counter',
    'tinct_requests_total',
    'Requests by release, variant, arm and class of the answer. Never sum it over releases.',
    {
      unit: '{request}',
      labels: [...VERSION, 'class'],
      reporters: BOTH,
      cost: `7 ${PER_VERSION}`,
    },
  ),
  errors: metric(
    'counter',
    'tinct_errors_total',
    'Of these, errors: a status of 5xx, a service that could not be reached or broke off, or gRPC’s UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS.',
    {
      unit: '{request}',
      labels: [...VERSION, 'cause'],
      reporters: BOTH,
      cost: `3 ${PER_VERSION}`,
    },
  ),
  slow: metric(
    'counter',
    'tinct_slow_requests_total',
    'Of these, requests that took longer than the plan’s latency objective, or were given up after more than that.',
    { unit: '{request}', labels: VERSION, reporters: BOTH, cost: `1 ${PER_VERSION}` },
  ),
  duration: metric(
    'histogram',
    'tinct_request_duration_seconds',
    'Time to the end of the response. Never sum it over releases. A request that the client gave up counts as slower than it had become; WebSockets and event streams are left out.',
    {
      unit: 's',
      labels: VERSION,
      reporters: BOTH,
      cost: `37 ${PER_VERSION}; reach unknown only where there are such requests`,
      bounds: DURATION_BOUNDS,
    },
  ),
  firstByte: metric(
    'histogram',
    'tinct_upstream_first_byte_seconds',
    'Time from when the request had a connection to the head of the service’s answer.',
    {
      unit: 's',
      labels: ['release', 'variant', 'arm'],
      cost: '20 per release, variant and arm that had such requests',
      bounds: COARSE_BOUNDS,
    },
  ),
  streams: metric(
    'counter',
    'tinct_streams_total',
    'WebSockets and event streams: requests whose duration says nothing.',
    { unit: '{request}', labels: ['release', 'variant', 'arm'] },
  ),
  assignments: metric(
    'counter',
    'tinct_assignments_total',
    'Requests by whether the version that answered is the one that was assigned; unknown where the service doesn’t say, for 304 and for answers of a cache.',
    { unit: '{request}', labels: ['release', 'variant', 'served'] },
  ),
  newErrors: metric(
    'counter',
    'tinct_new_errors_total',
    'Kinds of error that appeared in a variant that is not stable, and that no variant of the release had in the hour before, as far as whoever reports it has seen: each service, each edge, each of its workers. The edge knows a kind by status and route, the service by its message too. Never sum it over reporters.',
    {
      unit: '{error}',
      labels: ['release', 'variant', 'reporter'],
      reporters: BOTH,
      cost: '1 per release and variant',
    },
  ),
} as const;

/** Units: people, not requests. */
const units = {
  exposed: metric(
    'gauge',
    'tinct_exposed_units',
    'Distinct units that were given the variant in the running analysis and came with an id they had before; an estimate. Never sum it over edges.',
    { unit: '{unit}', labels: ['release', 'variant'] },
  ),
  firstTouches: metric(
    'counter',
    'tinct_first_touches_total',
    'Requests that got their id with this answer: nobody knows yet whether it comes back.',
    { unit: '{request}', labels: ['release', 'variant'] },
  ),
  units: metric(
    'gauge',
    'tinct_units',
    'Distinct units of an arm that the release’s service answered in the running analysis; an estimate.',
    { unit: '{unit}', labels: ['release', 'arm'], cost: '2 per release with a percentage' },
  ),
  affected: metric(
    'counter',
    'tinct_affected_units_total',
    'Of these, units that had an error; an estimate that only grows, and begins anew with an analysis.',
    { unit: '{unit}', labels: ['release', 'arm'], cost: '2 per release with a percentage' },
  ),
  stepUnits: metric(
    'gauge',
    'tinct_step_units',
    'Distinct units assigned to an arm since the percentage is what it is; an estimate. What a sample ratio mismatch is found by.',
    { unit: '{unit}', labels: ['release', 'arm'], cost: '2 per release with a percentage' },
  ),
  estimateError: metric(
    'gauge',
    'tinct_units_estimate_error_ratio',
    'The standard error of what is an estimate, as a share of it.',
  ),
  sliceRequests: metric(
    'counter',
    'tinct_slice_requests_total',
    'Requests of control, in 32 slices by the unit’s hash: how much requests of one unit are alike.',
    {
      unit: '{request}',
      labels: ['release', 'slice'],
      cost: '32 per release with a percentage',
    },
  ),
  sliceErrors: metric('counter', 'tinct_slice_errors_total', 'Of these, errors.', {
    unit: '{request}',
    labels: ['release', 'slice'],
    cost: '32 per release with a percentage',
  }),
} as const;

/** What was decided, and whether it held. */
const decisions = {
  decisions: metric('counter', 'tinct_decisions_total', 'Decisions by reason.', {
    unit: '{decision}',
    labels: ['reason'],
    cost: '1 per reason',
  }),
  comparisons: metric(
    'counter',
    'tinct_version_comparisons_total',
    'Requests of a unit that was seen before, so that its last version is known: what flips are a share of. Known by its cookie (where the release has memory), else by a sample of units that each edge holds. With `reach="service"` the versions that answered are compared; with `unknown`, for want of those, the ones that were decided.',
    { unit: '{request}', labels: ['release', 'reach'], cost: '2 per release' },
  ),
  flips: metric(
    'counter',
    'tinct_version_flips_total',
    'Of these, other versions than the last that nothing explains.',
    { unit: '{request}', labels: ['release', 'reach'], cost: '2 per release' },
  ),
  changes: metric(
    'counter',
    'tinct_version_changes_total',
    'Of these, other versions than the last, by what explains them.',
    { unit: '{request}', labels: ['release', 'reach', 'cause'], cost: '8 per release' },
  ),
  returned: metric(
    'gauge',
    'tinct_returned_units',
    'Units of the sample that were seen at least twice: of how many people the comparisons are. Flips are counted in requests, so their share is that of comparisons.',
    { unit: '{unit}', labels: ['release'] },
  ),
  sampled: metric(
    'gauge',
    'tinct_units_sampled_ratio',
    'The share of all units that the sample holds; at most 8,192 units.',
    { labels: ['release'] },
  ),
  identityFailures: metric(
    'counter',
    'tinct_identity_failures_total',
    'What a request said of itself and was not believed, by source and reason: forged cookies, refused overrides and tokens among them.',
    { unit: '{request}', labels: ['source', 'reason'], cost: 'some 30' },
  ),
} as const;

/** What the plan says, to join on. */
const plan = {
  analysisStart: metric(
    'gauge',
    'tinct_analysis_start_timestamp_seconds',
    'Since when the running analysis counts, as Unix time: a new version or a new epoch begins one, a new percentage doesn’t.',
    { unit: 's', labels: ['release'] },
  ),
  releaseInfo: metric('gauge', 'tinct_release_info', '1; whose release it is, and its state.', {
    labels: ['release', 'plan', 'owner', 'stable', 'state'],
    cost: '1 per release',
  }),
  canaryRatio: metric(
    'gauge',
    'tinct_canary_nominal_ratio',
    'The share that the plan’s compared percentage gives to versions that are not stable.',
    { labels: ['release'] },
  ),
  ruleRatio: metric(
    'gauge',
    'tinct_rule_nominal_ratio',
    'The share that a percentage rule of the plan gives to a variant; `rule` counts from 1.',
    { labels: ['release', 'rule', 'variant'], cost: '1 per percentage' },
  ),
  availability: metric(
    'gauge',
    'tinct_objective_availability_ratio',
    'The plan’s objective: the share of requests that are no errors.',
    { labels: ['release'], cost: '1 per release with the objective' },
  ),
  latency: metric(
    'gauge',
    'tinct_objective_latency_seconds',
    'The plan’s objective: how long a request may take.',
    { unit: 's', labels: ['release'], cost: '1 per release with the objective' },
  ),
  latencyRatio: metric(
    'gauge',
    'tinct_objective_latency_ratio',
    'The share of requests that take no longer than that.',
    { labels: ['release'], cost: '1 per release with the objective' },
  ),
  aborted: metric('gauge', 'tinct_release_aborted', '1 while everyone gets stable.', {
    labels: ['release'],
  }),
  lastAbort: metric(
    'gauge',
    'tinct_release_last_abort_timestamp_seconds',
    'When this edge saw the release aborted last, as Unix time; 0 for never.',
    { unit: 's', labels: ['release'] },
  ),
  revision: metric('gauge', 'tinct_plan_revision', 'The revision in force; 0 without a plan.'),
  planSince: metric(
    'gauge',
    'tinct_plan_since_timestamp_seconds',
    'Since when it is in force, as Unix time; 0 without a plan.',
    { unit: 's' },
  ),
  planRefused: metric('gauge', 'tinct_plan_refused', '1 while what was read last is refused.'),
  planRefusals: metric(
    'counter',
    'tinct_plan_refusals_total',
    'How often a plan was refused, or could not be read.',
    { unit: '{plan}' },
  ),
  listInfo: metric(
    'gauge',
    'tinct_list_info',
    '1; the beginning of the digest of the list in force for a cohort.',
    { labels: ['cohort', 'digest'], cost: '1 per list' },
  ),
} as const;

/** The edge itself. */
const edge = {
  forwarded: metric('counter', 'tinct_edge_requests_total', 'Requests that were forwarded.', {
    unit: '{request}',
  }),
  refused: metric(
    'counter',
    'tinct_edge_refused_total',
    'Requests that the edge refused for what they are.',
    { unit: '{request}' },
  ),
  overloaded: metric(
    'counter',
    'tinct_edge_overloaded_total',
    'Requests beyond `limits.requests`: the edge’s own 503, of no version.',
    { unit: '{request}' },
  ),
  dropped: metric(
    'counter',
    'tinct_edge_dropped_connections_total',
    'Connections that were ended, by reason: `limit` (beyond `limits.connections`), `resets` (beyond `limits.resets`), `protocol` (against the rules of HTTP/2).',
    { unit: '{connection}', labels: ['reason'] },
  ),
  strangers: metric(
    'counter',
    'tinct_ext_authz_strangers_total',
    'Checks of `tinct ext-authz` that were not its gateway’s.',
    { unit: '{request}' },
  ),
  deaths: metric(
    'counter',
    'tinct_edge_worker_deaths_total',
    'Workers that died, hung or ran out of memory, and were replaced. There where `workers` is more than 1.',
    { unit: '{worker}' },
  ),
  inFlight: metric('gauge', 'tinct_edge_requests_in_flight', 'Requests that run now.', {
    unit: '{request}',
  }),
  ready: metric('gauge', 'tinct_ready', '1 while the edge wants requests.'),
} as const;

/** What only a service sees. */
const service = {
  arrivals: metric(
    'counter',
    'tinct_arrivals_total',
    'Requests to this service by whether the color arrived: carried, decided (here, by a plan) or missing (lost on the way).',
    { unit: '{request}', labels: ['release', 'color'], reporters: SERVICE, cost: '3 per release' },
  ),
  served: metric(
    'counter',
    'tinct_served_total',
    'Requests by the variant that was assigned and the version that this service says it is.',
    { unit: '{request}', labels: ['release', 'variant', 'served'], reporters: SERVICE },
  ),
  outbound: metric(
    'counter',
    'tinct_outbound_requests_total',
    'Calls to others by the variant of the request that they serve, and whether its color went along.',
    {
      unit: '{request}',
      labels: ['release', 'variant', 'colored'],
      reporters: SERVICE,
      cost: '2 per release and variant',
    },
  ),
} as const;

/** What `tinct watch --serve` says of the releases that it compares. */
const analysis = {
  evidence: metric(
    'gauge',
    'tinct_analysis_evalue_log',
    'The natural log of the evidence that the canary is worse than tolerated, by metric: errors, latency, refusals, custom (the most of the plan’s own, where it has some), and all together. Together it fails at ln(1/alpha), which is 3.0 unless told otherwise.',
    { labels: ['release', 'metric'], reporters: ANALYSER, cost: '4 or 5 per release' },
  ),
  verdict: metric(
    'gauge',
    'tinct_analysis_verdict',
    '1 for the verdict that stands: pass, fail or inconclusive; 0 for the others.',
    { labels: ['release', 'verdict'], reporters: ANALYSER, cost: '3 per release' },
  ),
  convicted: metric(
    'gauge',
    'tinct_analysis_convicted',
    '1 where this metric has convicted the canary: errors, latency, refusals, custom (one of the plan’s own), or all together where none does alone. It stays until another analysis begins.',
    { labels: ['release', 'metric'], reporters: ANALYSER, cost: '5 per release' },
  ),
  lastSuccess: metric(
    'gauge',
    'tinct_analysis_last_success_timestamp_seconds',
    'When the release’s measurements were last read and taken in, as Unix time; 0 for never.',
    { unit: 's', labels: ['release'], reporters: ANALYSER },
  ),
  takenIn: metric(
    'gauge',
    'tinct_analysis_end_timestamp_seconds',
    'The end of the last interval that is evidence, as Unix time; not there before the first.',
    { unit: 's', labels: ['release'], reporters: ANALYSER },
  ),
  readFailures: metric(
    'counter',
    'tinct_analysis_read_failures_total',
    'How often the measurements could not be read.',
    { unit: '{read}', labels: ['release'], reporters: ANALYSER },
  ),
  stateLosses: metric(
    'counter',
    'tinct_analysis_state_losses_total',
    'How often what was kept could not be used, and the evidence was counted anew from what Prometheus still has.',
    { unit: '{loss}', labels: ['release'], reporters: ANALYSER },
  ),
} as const;

/** The catalogue, by concern. */
export const CATALOGUE = { versions, units, decisions, plan, edge, service, analysis } as const;

/** All of it, by the name that code uses. */
export const SERIES = {
  ...versions,
  ...units,
  ...decisions,
  ...plan,
  ...edge,
  ...service,
  ...analysis,
} as const satisfies Record<string, MetricDefinition>;
