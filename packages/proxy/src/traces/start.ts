/** OpenTelemetry's SDK for an edge. Loaded only where traces are asked for; where they go, its own variables say. */
import { trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { NodeSDK } from '@opentelemetry/sdk-node';
import type { TraceOptions, Traces } from './contract.ts';
import { samplerOf } from './sampler.ts';
import { spansOf } from './spans.ts';

/** Starts to trace; exporters, batches and resources are as `OTEL_*` of the environment have them. */
export function startTraces(options: TraceOptions, now: () => number): Traces {
  const sdk = new NodeSDK({
    sampler: samplerOf(options),
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [],
    ...(process.env['OTEL_SERVICE_NAME'] === undefined && {
      serviceName: options.service ?? 'tinct',
    }),
  });
  sdk.start();
  const propagator = new W3CTraceContextPropagator();
  return {
    ...spansOf({ tracer: trace.getTracer('@tinct/proxy'), propagator, now }, options),
    // What cannot be sent is OpenTelemetry's to tell; an edge ends all the same.
    close: () => sdk.shutdown().catch(() => {}),
  };
}
