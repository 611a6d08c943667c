/** OpenTelemetry's SDK with all of Tinct's parts, by one call. */
import { W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { NodeSDK, type NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import { metricsOf } from '../metrics/index.ts';
import { TinctPropagator, traceDecisions, variantSpanProcessor } from '../opentelemetry/index.ts';
import type { Tinct } from '../tinct.ts';

export interface TelemetryOptions {
  /** The releases whose service this is. */
  readonly serves: readonly string[];
  /** Where `/metrics` is. Default: port 9464 of all addresses, as OpenTelemetry has it. */
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  /** More for OpenTelemetry's SDK: instrumentations, span processors, a resource. */
  readonly sdk?: Partial<NodeSDKConfiguration> | undefined;
}

export interface Telemetry {
  /** Answers with what is measured now. */
  readonly exporter: PrometheusExporter;
  stop(): Promise<void>;
}

/** Metrics at `/metrics`, versions on spans, and no color in anybody's baggage. */
export function startTelemetry(tinct: Tinct, options: TelemetryOptions): Telemetry {
  const { serves, port, host, sdk = {} } = options;
  const metrics = metricsOf(tinct, { serves });
  const exporter = new PrometheusExporter({
    ...(port !== undefined && { port }),
    ...(host !== undefined && { host }),
    ...{ metricProducers: [metrics], withoutScopeInfo: true },
  });
  const unobserve = tinct.observe(traceDecisions());
  const others = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()];
  const started = new NodeSDK({
    textMapPropagator: new TinctPropagator(...others),
    ...sdk,
    metricReaders: [exporter, ...(sdk.metricReaders ?? [])],
    spanProcessors: [variantSpanProcessor(), ...(sdk.spanProcessors ?? [])],
  });
  started.start();
  return {
    exporter,
    stop: async () => {
      unobserve();
      metrics.close();
      await started.shutdown();
    },
  };
}
