/** What is measured in a service, of Tinct's one catalogue. */
import { type MetricDefinition, SERIES } from '@tinct/core';

const { requests, errors, slow, duration, arrivals, served, outbound, newErrors } = SERIES;

export const SERVICE_METRICS = {
  requests,
  errors,
  slow,
  duration,
  arrivals,
  served,
  outbound,
  newErrors,
} as const satisfies Record<string, MetricDefinition>;
