/** Traces, as the rest of the edge knows them: nothing of OpenTelemetry's is loaded until they are asked for. */
import type { Decision } from '@tinct/core';
import type { Inquiry } from '../exchange.ts';
import type { Outcome } from '../record/outcome.ts';
import type { Refusal } from '../refusal.ts';
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

/** Where a span is, for the log. */
export interface SpanIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** The two spans of a request: what the client waits for, and within it what the service is asked; ids of the inner one. */
export interface Traced extends SpanIds {
  /** Header names and values in turn, with this trace in place of another. */
  carry(headers: readonly string[]): string[];
  end(outcome: Outcome): void;
}

export interface Traces {
  begin(inquiry: Inquiry, request: CleanRequest, decisions: readonly Decision[]): Traced;
  /** One span for a request that the edge has answered itself: with this status; 0 where nobody was left. */
  answered(inquiry: Inquiry, status: number, refused: Refusal | undefined): SpanIds;
  /** Sends what is left. Never rejects. */
  close(): Promise<void>;
}
