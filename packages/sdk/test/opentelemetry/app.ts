/** The same service as an ES module. */
import { createRequire } from 'node:module';
import type { Context, TextMapGetter, TextMapPropagator, TextMapSetter } from '@opentelemetry/api';
import { W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { NodeSDK, type NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import { createTinct } from '@tinct/sdk';
import { tinct } from '@tinct/sdk/http';
import { TinctPropagator, traceDecisions, variantSpanProcessor } from '@tinct/sdk/opentelemetry';

type Processor = NonNullable<NodeSDKConfiguration['spanProcessors']>[number];

const others = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()];
const foreign: TextMapPropagator = {
  inject: (context: Context, carrier: unknown, setter: TextMapSetter) => {
    for (const other of others) other.inject(context, carrier, setter);
  },
  extract: (context: Context, carrier: unknown, getter: TextMapGetter) =>
    others.reduce((found, other) => other.extract(found, carrier, getter), context),
  fields: () => [],
};
const spans: unknown[] = [];
const keep: Processor = {
  onStart() {},
  onEnd: ({ name, kind, attributes, events }) => {
    const told = events.map((event) => [event.name, event.attributes]);
    spans.push({ name, kind, attributes, events: told });
  },
  forceFlush: async () => {},
  shutdown: async () => {},
};
const startTracing = () =>
  new NodeSDK({
    autoDetectResources: false,
    metricReaders: [],
    logRecordProcessors: [],
    spanProcessors: [variantSpanProcessor(), keep],
    textMapPropagator:
      process.env['PROPAGATOR'] === 'foreign' ? foreign : new TinctPropagator(...others),
    instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()],
  }).start();

const startTinct = () =>
  createTinct({
    trust: 'mesh',
    outbound: {
      http: process.env['COLORS_HTTP'] === 'true',
      hosts: (host) => host === '127.0.0.1',
    },
    observers: [traceDecisions()],
  });

const isFirst = process.env['COLORS_FIRST'] === 'true';
const early = isFirst ? startTinct() : undefined;
startTracing();
const service = early ?? startTinct();
// What is to be instrumented is loaded last.
createRequire(import.meta.url)('./serve.cjs').serve(service, tinct, spans);
