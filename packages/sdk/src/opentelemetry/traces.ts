/** Decisions on spans: which version each request was given, where traces are searched. */
import { type Attributes, type Span, type SpanContext, trace } from '@opentelemetry/api';
import { currentContext } from '../context/storage.ts';
import type { KnownDecision, RequestContext } from '../context/types.ts';
import type { Observer } from '../inbound/incoming.ts';

/** OpenTelemetry's name for the event that a flag was evaluated. */
export const EVALUATION = 'feature_flag.evaluation';

/** Reason → OpenTelemetry's word. */
const REASON: Readonly<Record<KnownDecision['reason'], string>> = {
  DISABLED: 'disabled',
  OVERRIDE: 'targeting_match',
  CARRIED: 'unknown',
  TARGETING_MATCH: 'targeting_match',
  SPLIT: 'split',
  STICKY: 'split',
  CONTINUITY: 'split',
  STATIC: 'static',
  DEFAULT: 'default',
  ERROR: 'error',
};

/** The span that runs now, for log lines: `logFields(tinct, { span: activeSpan })`. */
export const activeSpan = (): SpanContext | undefined => trace.getActiveSpan()?.spanContext();

/** `tinct.variant.<release>` for each release of a request. */
export function variantAttributes(context: RequestContext | undefined): Attributes {
  const attributes: Attributes = {};
  for (const { release, variant } of context?.decisions.values() ?? [])
    attributes[`tinct.variant.${release}`] = variant;
  return attributes;
}

/** Who was decided for is in none of them: a targeting key stays where it was read. */
export function evaluationAttributes(decision: KnownDecision): Attributes {
  const { release, variant, reason, revision } = decision;
  return {
    'feature_flag.key': release,
    'feature_flag.result.variant': variant,
    'feature_flag.result.reason': REASON[reason],
    'feature_flag.provider.name': 'tinct',
    ...(revision !== undefined && { 'feature_flag.version': `${revision}` }),
  };
}

/** A logger of `@opentelemetry/api-logs`: OpenTelemetry wants events there. */
export interface EventLogger {
  emit(record: { readonly eventName: string; readonly attributes: Attributes }): void;
}

export interface TraceOptions {
  /** Where events go. Default: onto the request's span. */
  readonly logger?: EventLogger | undefined;
  /** Whether each request's decisions are events too. Default true. */
  readonly events?: boolean | undefined;
}

function tell(span: Span | undefined, decision: KnownDecision, logger?: EventLogger): void {
  const attributes = evaluationAttributes(decision);
  if (logger !== undefined) logger.emit({ eventName: EVALUATION, attributes });
  else span?.addEvent(EVALUATION, attributes);
}

/**
 * Writes the decisions of each request onto the span that is active when it comes: the server span of an
 * instrumentation. Costs next to nothing where no SDK of OpenTelemetry runs.
 *
 * ```ts
 * createTinct({ trust: 'mesh', observers: [traceDecisions()] });
 * ```
 */
export function traceDecisions({ logger, events = true }: TraceOptions = {}): Observer {
  return {
    entered(context) {
      if (context.decisions.size === 0) return;
      const span = trace.getActiveSpan();
      span?.setAttributes(variantAttributes(context));
      if (!events) return;
      for (const decision of context.decisions.values()) tell(span, decision, logger);
    },
  };
}

/** What an SDK of OpenTelemetry asks of a processor; no package of it is needed for that. */
export interface VariantSpanProcessor {
  onStart(span: Span): void;
  onEnd(): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** For `spanProcessors`: every span that begins within a request bears its variants, calls to others and the program's own too. */
export function variantSpanProcessor(): VariantSpanProcessor {
  return {
    onStart: (span) => void span.setAttributes(variantAttributes(currentContext())),
    onEnd: () => {},
    forceFlush: async () => {},
    shutdown: async () => {},
  };
}
