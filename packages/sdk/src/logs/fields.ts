/** What log lines of a request say of its versions. */
import { currentContext } from '../context/storage.ts';
import type { RequestContext } from '../context/types.ts';
import type { Tinct } from '../tinct.ts';

/** One array of keywords, however many releases there are: an index of logs keeps its number of fields. */
export interface LogFields {
  /** `<release>=<variant>` for each release of the request. */
  'tinct.variants'?: string[];
  /** Of the plan that decided; the highest, where hops had different ones. Absent where colors came without a decision. */
  'tinct.revision'?: number;
  /** The version that this service says it is, as the Elastic Common Schema calls it. */
  'service.version'?: string;
  'trace.id'?: string;
  'span.id'?: string;
}

/** A span's context, as OpenTelemetry has it. */
export interface LogSpan {
  readonly traceId: string;
  readonly spanId: string;
}

export interface LogOptions {
  /** The span that a line is written in: `activeSpan` of `@tinct/sdk/opentelemetry`. Default: lines name no trace. */
  readonly span?: (() => LogSpan | undefined) | undefined;
}

interface Known {
  readonly variants: readonly string[];
  readonly revision: number | undefined;
}

const known = new WeakMap<RequestContext, Known>();

function knownOf(context: RequestContext): Known {
  const before = known.get(context);
  if (before !== undefined) return before;
  const all = [...context.decisions.values()];
  const revisions = all.flatMap(({ revision }) => revision ?? []);
  const found = {
    variants: all.map(({ release, variant }) => `${release}=${variant}`),
    revision: revisions.length === 0 ? undefined : Math.max(...revisions),
  };
  known.set(context, found);
  return found;
}

function decided(context: RequestContext | undefined): LogFields {
  if (context === undefined || context.decisions.size === 0) return {};
  const { variants, revision } = knownOf(context);
  return {
    'tinct.variants': [...variants],
    ...(revision !== undefined && { 'tinct.revision': revision }),
  };
}

/**
 * A function that yields the fields of a line that is logged now: pino's `mixin`, or a part of winston's `format`. Each
 * call yields an object of its own.
 *
 * ```ts
 * pino({ mixin: logFields(tinct) });
 * ```
 */
export function logFields(
  { served }: Pick<Tinct, 'served'>,
  { span }: LogOptions = {},
): () => LogFields {
  return () => {
    const within = span?.();
    return {
      ...decided(currentContext()),
      ...(served !== undefined && { 'service.version': served }),
      ...(within !== undefined && { 'trace.id': within.traceId, 'span.id': within.spanId }),
    };
  };
}
