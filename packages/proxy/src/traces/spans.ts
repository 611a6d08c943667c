/** A request's spans, by OpenTelemetry's conventions for HTTP. */
import {
  type Attributes,
  type Context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  type TextMapPropagator,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { Decision } from '@tinct/core';
import type { Inquiry } from '../exchange.ts';
import { causeOf, type Outcome } from '../record/outcome.ts';
import type { CleanRequest } from '../sanitize.ts';
import type { Traced, TraceOptions, Traces } from './contract.ts';
import { variantAttribute } from './sampler.ts';

const HEADERS: ReadonlySet<string> = new Set(['traceparent', 'tracestate']);

/** Names and values in turn. A header that stands there twice is none. */
const getter: TextMapGetter<readonly string[]> = {
  keys: (raw) => raw.filter((_, i) => i % 2 === 0),
  get(raw, name) {
    const found = raw.filter((_, i) => i % 2 === 1 && raw[i - 1]?.toLowerCase() === name);
    return found.length === 1 ? found[0] : undefined;
  },
};

/** Methods are names of spans; what clients make up isn't. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

const variantsOf = (decisions: readonly Decision[]): Attributes =>
  Object.fromEntries(decisions.map((one) => [variantAttribute(one.release), one.variant]));

function about({ method, path, host }: CleanRequest, decisions: readonly Decision[]): Attributes {
  const [pathname] = path.split('?', 1);
  return {
    'http.request.method': METHODS.has(method) ? method : '_OTHER',
    ...(METHODS.has(method) ? {} : { 'http.request.method_original': method }),
    ...(pathname === undefined ? {} : { 'url.path': pathname }),
    'server.address': host,
    ...variantsOf(decisions),
    ...(decisions[0] === undefined ? {} : { 'tinct.revision': decisions[0].revision }),
  };
}

function finish(span: Span, outcome: Outcome): void {
  const { status, fault } = outcome;
  if (status > 0) span.setAttribute('http.response.status_code', status);
  if (causeOf(outcome) !== undefined) {
    span.setAttribute('error.type', fault === undefined ? `${status}` : fault);
    span.setStatus({ code: SpanStatusCode.ERROR });
  } else if (fault === 'client') span.setAttribute('error.type', fault);
  span.end();
}

export interface SpanParts {
  readonly tracer: Tracer;
  readonly propagator: TextMapPropagator;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The trace that a request is part of, or that it begins; a stranger's is named, and not continued. */
function parentOf(
  { req, trusted }: Inquiry,
  { propagator }: SpanParts,
  parents: TraceOptions['parents'],
): { readonly context: Context; readonly links: Link[] } {
  const context = propagator.extract(ROOT_CONTEXT, req.rawHeaders, getter);
  if (trusted || parents === 'everyone') return { context, links: [] };
  const theirs = trace.getSpanContext(context);
  return { context: ROOT_CONTEXT, links: theirs === undefined ? [] : [{ context: theirs }] };
}

function carried(headers: readonly string[], context: Context, by: TextMapPropagator): string[] {
  const kept = headers.filter((_, i) => {
    const name = headers[i - (i % 2)] ?? '';
    return !HEADERS.has(name.toLowerCase());
  });
  by.inject(context, kept, { set: (into, name, value) => void into.push(name, value) });
  return kept;
}

/** Spans for requests, by whatever tracer there is. */
export function spansOf(
  parts: SpanParts,
  { parents }: Pick<TraceOptions, 'parents'>,
): Pick<Traces, 'begin'> {
  const { tracer, propagator, now } = parts;
  return {
    begin(inquiry, request, decisions): Traced {
      const attributes = about(request, decisions);
      const name = METHODS.has(request.method) ? request.method : 'HTTP';
      const { context, links } = parentOf(inquiry, parts, parents);
      const startTime = now() - inquiry.elapsed();
      const outer = tracer.startSpan(
        name,
        { kind: SpanKind.SERVER, attributes, links, startTime },
        context,
      );
      const within = trace.setSpan(context, outer);
      const inner = tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, within);
      const { traceId, spanId } = inner.spanContext();
      return {
        traceId,
        spanId,
        carry: (headers) => carried(headers, trace.setSpan(within, inner), propagator),
        end(outcome) {
          finish(inner, outcome);
          finish(outer, outcome);
        },
      };
    },
  };
}
