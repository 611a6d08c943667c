/** What is measured in a service, of Tinct's one catalogue. */
import { METRICS, type MetricDefinition } from '@tinct/core';

const { requests, errors, duration, arrivals, served, outbound } = METRICS;

export const SERVICE_METRICS = {
  requests,
  errors,
  duration,
  arrivals,
  served,
  outbound,
} as const satisfies Record<string, MetricDefinition>;
