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
import type { Refusal } from '../refusal.ts';
import type { CleanRequest } from '../sanitize.ts';
import type { SpanIds, Traced, TraceOptions, Traces } from './contract.ts';
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

/** Longer ones are cut: nobody has looked yet at what a refused request asks for. */
const LONGEST = 1024;

function asked(method: string, path: string): Attributes {
  const [pathname = ''] = path.split('?', 1);
  const isKnown = METHODS.has(method);
  return {
    'http.request.method': isKnown ? method : '_OTHER',
    ...(isKnown ? {} : { 'http.request.method_original': method.slice(0, LONGEST) }),
    ...(pathname.startsWith('/') ? { 'url.path': pathname.slice(0, LONGEST) } : {}),
  };
}

const spanName = (method: string): string => (METHODS.has(method) ? method : 'HTTP');

function about({ method, path, host }: CleanRequest, decisions: readonly Decision[]): Attributes {
  return {
    ...asked(method, path),
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

/** The client's mistakes have a type and are no errors of the edge's, as the conventions have it. */
function finishAnswered(span: Span, status: number, refused: Refusal | undefined): void {
  if (status > 0) span.setAttribute('http.response.status_code', status);
  const type = refused?.code ?? (status === 0 ? 'client' : undefined);
  if (type !== undefined) span.setAttribute('error.type', type);
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
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
): Omit<Traces, 'close'> {
  const { tracer, propagator, now } = parts;
  const serving = (inquiry: Inquiry, name: string, attributes: Attributes) => {
    const { context, links } = parentOf(inquiry, parts, parents);
    const startTime = now() - inquiry.elapsed();
    const about = { kind: SpanKind.SERVER, attributes, links, startTime };
    return { context, span: tracer.startSpan(name, about, context) };
  };
  return {
    answered(inquiry, status, refused): SpanIds {
      const { method = '', url = '' } = inquiry.req;
      const { span } = serving(inquiry, spanName(method), asked(method, url));
      finishAnswered(span, status, refused);
      return span.spanContext();
    },
    begin(inquiry, request, decisions): Traced {
      const attributes = about(request, decisions);
      const name = spanName(request.method);
      const { context, span: outer } = serving(inquiry, name, attributes);
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
