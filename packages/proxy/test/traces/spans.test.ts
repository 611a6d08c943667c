/** Whose traces are continued, and how many new ones are kept. */
import { SpanStatusCode } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Decision } from '@tinct/core';
import t from 'tap';
import type { Inquiry } from '../../src/exchange.ts';
import { type Refusal, refusal } from '../../src/refusal.ts';
import type { CleanRequest } from '../../src/sanitize.ts';
import type { TraceOptions } from '../../src/traces/contract.ts';
import { samplerOf } from '../../src/traces/sampler.ts';
import { spansOf } from '../../src/traces/spans.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

function tracing(options: TraceOptions) {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({
    sampler: samplerOf(options),
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  const propagator = new W3CTraceContextPropagator();
  const parts = { tracer: provider.getTracer('test'), propagator, now: Date.now };
  const { begin, answered } = spansOf(parts, options);
  const decided = (release: string, variant: string) =>
    ({ release, variant, revision: 3 }) as Decision;
  return {
    spans: () => exporter.getFinishedSpans(),
    answered(req: object, status: number, refused?: Refusal, trusted = true) {
      const inquiry = { req: { rawHeaders: [], ...req }, trusted, elapsed: () => 5 };
      return answered(inquiry as unknown as Inquiry, status, refused);
    },
    ask(
      variants: Record<string, string>,
      rawHeaders: string[] = [],
      trusted = true,
      method = 'GET',
    ) {
      const inquiry = { req: { rawHeaders }, trusted, elapsed: () => 5 } as unknown as Inquiry;
      const request = { method, path: '/a?b', host: 'shop.example' } as CleanRequest;
      const decisions = Object.entries(variants).map(([release, variant]) =>
        decided(release, variant),
      );
      const traced = begin(inquiry, request, decisions);
      traced.end({ status: 200, fault: undefined, ms: 5 });
      return traced.carry(rawHeaders);
    },
  };
}

const sent = (flags: string) => [
  'TraceParent',
  `00-${TRACE}-${PARENT}-${flags}`,
  'tracestate',
  'a=1',
];

t.test(
  'attack: a stranger names a trace and wants it sampled; it is linked, not continued',
  async (t) => {
    const { ask, spans } = tracing({ ratio: 0 });
    const carried = ask({}, sent('01'), false);
    t.equal(spans().length, 0, 'it is not sampled');
    t.notMatch(carried.join(), TRACE);
    t.match(carried, ['traceparent', /-00$/], 'and the service is told so');
    const all = tracing({ ratio: 1 });
    all.ask({}, sent('01'), false);
    const outer = all.spans()[1];
    t.not(outer?.spanContext().traceId, TRACE);
    t.equal(outer?.links[0]?.context.traceId, TRACE);
  },
);

t.test('a trusted hop’s trace is continued, and sampled as it was', async (t) => {
  const { ask, spans } = tracing({ ratio: 0 });
  t.match(ask({}, sent('01')), [
    'traceparent',
    new RegExp(`^00-${TRACE}-.*-01$`),
    'tracestate',
    'a=1',
  ]);
  t.equal(spans().length, 2);
  t.equal(spans()[1]?.parentSpanContext?.spanId, PARENT);
  const everyone = tracing({ ratio: 1, parents: 'everyone' });
  everyone.ask({}, sent('00'), false);
  t.equal(everyone.spans().length, 0);
});

t.test(
  'attack: two traceparents are none, and no invented method is a name of spans',
  async (t) => {
    const { ask, spans } = tracing({ ratio: 1 });
    ask({}, [...sent('01'), ...sent('01')], true, 'XYZZY');
    const outer = spans()[1];
    t.not(outer?.spanContext().traceId, TRACE);
    t.equal(outer?.name, 'HTTP');
    t.equal(outer?.attributes['http.request.method'], '_OTHER');
  },
);

t.test(
  'of a request’s versions the one with the largest share decides; others have the usual one',
  async (t) => {
    const { ask, spans } = tracing({ ratio: 0, variants: { cart: { v2: 1 }, list: { b: 0 } } });
    ask({ cart: 'v1', list: 'b' });
    ask({ other: 'v2' });
    t.equal(spans().length, 0);
    ask({ cart: 'v2', list: 'b' });
    t.equal(spans().length, 2);
  },
);

t.test('answers of the edge itself: refusals, redirects, clients that left', async (t) => {
  const { answered, spans } = tracing({ ratio: 1 });
  const ids = answered(
    { method: 'GET', url: '/a?tinct-override=secret' },
    503,
    refusal('TINCT_EDGE_OVERLOADED'),
  );
  answered({ method: 'BREW', url: 'shop.example:443' }, 501, refusal('TINCT_EDGE_METHOD_REFUSED'));
  answered({ method: 'GET', url: '/a?tinct-override=secret' }, 303);
  answered({ method: 'GET', url: '/' }, 0);
  answered({ method: 'GET', url: '/' }, 400, refusal('TINCT_EDGE_REQUEST_MALFORMED'));
  const [overloaded, odd, led, left, malformed] = spans();
  t.match(overloaded?.spanContext(), { traceId: ids.traceId, spanId: ids.spanId });
  t.strictSame(overloaded?.attributes, {
    'http.request.method': 'GET',
    'url.path': '/a',
    'http.response.status_code': 503,
    'error.type': 'TINCT_EDGE_OVERLOADED',
  });
  t.equal(overloaded?.status.code, SpanStatusCode.ERROR);
  t.match(odd, { name: 'HTTP', attributes: { 'http.request.method': '_OTHER' } });
  t.notOk('url.path' in (odd?.attributes ?? {}), 'what is no path is not told');
  t.equal(led?.attributes['http.response.status_code'], 303);
  t.equal(led?.attributes['error.type'], undefined);
  t.equal(left?.attributes['error.type'], 'client');
  t.equal(malformed?.status.code, SpanStatusCode.UNSET, 'the client’s mistake is no error here');
});

t.test('attack: a stranger’s refused requests are sampled as others are', async (t) => {
  const { answered, spans } = tracing({ ratio: 0 });
  answered({ rawHeaders: sent('01') }, 413, refusal('TINCT_EDGE_BODY_TOO_LARGE'), false);
  t.equal(spans().length, 0);
  answered({ rawHeaders: sent('01') }, 413, refusal('TINCT_EDGE_BODY_TOO_LARGE'));
  t.equal(spans()[0]?.spanContext().traceId, TRACE);
});
