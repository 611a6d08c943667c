/** Tinct beside OpenTelemetry. Only `@opentelemetry/api` is needed, and nothing happens where no SDK runs. */
export { TinctPropagator } from './propagator.ts';
export {
  activeSpan,
  EVALUATION,
  type EventLogger,
  evaluationAttributes,
  type TraceOptions,
  traceDecisions,
  type VariantSpanProcessor,
  variantAttributes,
  variantSpanProcessor,
} from './traces.ts';
