/** What is measured in a service: names, units, labels and what they mean. Documents, producers and meters read it here. */

export interface MetricDefinition {
  readonly name: string;
  readonly type: 'counter' | 'histogram';
  /** By UCUM, as OpenTelemetry writes units. */
  readonly unit: string;
  readonly labels: readonly string[];
  readonly help: string;
}

const metric = (
  name: string,
  type: MetricDefinition['type'],
  unit: string,
  labels: readonly string[],
  help: string,
): MetricDefinition => ({ name, type, unit, labels, help });

export const SERVICE_METRICS = {
  duration: metric(
    'tinct_request_duration_seconds',
    'histogram',
    's',
    ['release', 'variant', 'arm', 'class'],
    'Time to the end of the response, for releases that this service serves. Never sum it over releases.',
  ),
  arrivals: metric(
    'tinct_arrivals_total',
    'counter',
    '{request}',
    ['release', 'color'],
    'Requests to this service by whether the color arrived: carried, decided (here, by a plan) or missing (lost on the way).',
  ),
  served: metric(
    'tinct_served_total',
    'counter',
    '{request}',
    ['release', 'variant', 'served'],
    'Requests by the variant that was assigned and the version that this service says it is.',
  ),
  outbound: metric(
    'tinct_outbound_requests_total',
    'counter',
    '{request}',
    ['release', 'variant', 'colored'],
    'Calls to others by the variant of the request that they serve, and whether its color went along.',
  ),
} as const satisfies Record<string, MetricDefinition>;

/**
 * Upper bounds in seconds: the preferred numbers R10 of ISO 3, ten a decade, from 5 ms to 10 s. A quantile is read to 26 %
 * of itself at worst.
 */
export const DURATION_BOUNDS: readonly number[] = [0.001, 0.01, 0.1, 1, 10]
  .flatMap((decade) => [1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8].map((step) => step * decade))
  .map((bound) => Number(bound.toPrecision(3)))
  .filter((bound) => bound >= 0.005 && bound <= 10);
