/* A CommonJS service with OpenTelemetry's own instrumentation on. It calls the port that it is given by two hosts and two clients, and prints what its spans were. */
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { W3CBaggagePropagator, W3CTraceContextPropagator } = require('@opentelemetry/core');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { UndiciInstrumentation } = require('@opentelemetry/instrumentation-undici');
const {
  TinctPropagator,
  traceDecisions,
  variantSpanProcessor,
} = require('@tinct/sdk/opentelemetry');
const { createTinct } = require('@tinct/sdk');
const { tinct } = require('@tinct/sdk/http');

const others = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()];
const spans = [];
const keep = {
  onStart() {},
  onEnd: ({ name, kind, attributes, events }) =>
    spans.push({
      name,
      kind,
      attributes,
      events: events.map((event) => [event.name, event.attributes]),
    }),
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
      process.env.PROPAGATOR === 'foreign'
        ? {
            inject: (...a) => {
              for (const other of others) other.inject(...a);
            },
            extract: (c, ...a) => others.reduce((x, o) => o.extract(x, ...a), c),
            fields: () => [],
          }
        : new TinctPropagator(...others),
    instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()],
  }).start();

const startTinct = () =>
  createTinct({
    trust: 'mesh',
    outbound: { http: process.env.COLORS_HTTP === 'true', hosts: (host) => host === '127.0.0.1' },
    observers: [traceDecisions()],
  });

let service;
if (process.env.COLORS_FIRST === 'true') {
  service = startTinct();
  startTracing();
} else {
  startTracing();
  service = startTinct();
}
// What is to be instrumented is loaded last.
require('./serve.cjs').serve(service, tinct, spans);
