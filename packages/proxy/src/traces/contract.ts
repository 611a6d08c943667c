/** Traces, as the rest of the edge knows them: nothing of OpenTelemetry's is loaded until they are asked for. */
import type { Decision } from '@tinct/core';
import type { Inquiry } from '../exchange.ts';
import type { Outcome } from '../record/outcome.ts';
import type { CleanRequest } from '../sanitize.ts';

export interface TraceOptions {
  /** `service.name` of the spans. Default `tinct`; `OTEL_SERVICE_NAME` wins. */
  readonly service?: string | undefined;
  /** The share of new traces that is sampled. Default 0.05. */
  readonly ratio?: number | undefined;
  /** Release → variant → another share for its requests; of several the largest. */
  readonly variants?: Readonly<Record<string, Readonly<Record<string, number>>>> | undefined;
  /** Whose traces are continued, and whose sampling is respected. Default `hops`: trusted ones. */
  readonly parents?: 'hops' | 'everyone' | undefined;
}

/** The two spans of a request: what the client waits for, and within it what the service is asked. */
export interface Traced {
  /** Of the inner span: the service's span is its child. */
  readonly traceId: string;
  readonly spanId: string;
  /** Header names and values in turn, with this trace in place of another. */
  carry(headers: readonly string[]): string[];
  end(outcome: Outcome): void;
}

export interface Traces {
  begin(inquiry: Inquiry, request: CleanRequest, decisions: readonly Decision[]): Traced;
  /** Sends what is left. Never rejects. */
  close(): Promise<void>;
}
