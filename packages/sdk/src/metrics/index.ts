/**
 * Requests, errors and durations of each version, measured where they are served.
 *
 * ```ts
 * const metrics = metricsOf(tinct, { serves: ['my-service'] });
 * new PrometheusExporter({ metricProducers: [metrics], withoutScopeInfo: true });
 * ```
 */
import { ARMS, ERROR_CAUSES, type Labels, type MetricDefinition } from '@tinct/core';
import type { NewErrors } from '../new-errors/new-errors.ts';
import type { Tinct } from '../tinct.ts';
import { SERVICE_METRICS } from './catalogue.ts';
import { Leaving } from './leaving.ts';
import { AS_SERVICE, CLASSES, type Measuring, measure } from './observe.ts';
import { type Producer, producerOf } from './producer.ts';
import { Accumulator, labelsOf, type Sink, type Write } from './series.ts';

export { DURATION_BOUNDS, type MetricDefinition } from '@tinct/core';
export { SERVICE_METRICS } from './catalogue.ts';
export { type Producer, type ProducerOptions, producerOf } from './producer.ts';
export { MAX_SERIES } from './series.ts';

export interface MetricsOptions {
  /** The releases whose service this is: their requests are measured, and no others'. */
  readonly serves: readonly string[];
  /** Counts what is new in them. */
  readonly newErrors?: NewErrors | undefined;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** What OpenTelemetry's readers call a MetricProducer. */
export interface ServiceMetrics extends Producer {
  /** Ends the measuring. */
  close(): void;
}

type Observed = Pick<Tinct, 'observe' | 'served' | 'plan'>;

const newErrorLabels = (release: string, variant: string): Labels =>
  labelsOf(SERVICE_METRICS.newErrors, { release, variant, ...AS_SERVICE });

/** What a plan says can happen, at 0. */
function expectAll({ plan }: Observed, serves: readonly string[], into: Accumulator): void {
  for (const { name: release, variants } of plan?.current()?.releases ?? []) {
    if (!serves.includes(release)) continue;
    for (const variant of variants)
      into.expect(SERVICE_METRICS.newErrors, { release, variant, ...AS_SERVICE });
    for (const variant of variants)
      for (const arm of ARMS) expectVersion({ release, variant, arm, ...AS_SERVICE }, into);
  }
}

function expectVersion(version: Labels, into: Accumulator): void {
  const { requests, errors, slow, duration } = SERVICE_METRICS;
  into.expect(duration, version);
  into.expect(slow, version);
  for (const name of CLASSES) into.expect(requests, { ...version, class: name });
  for (const cause of ERROR_CAUSES) into.expect(errors, { ...version, cause });
}

/** The plan's latency objective of each release, in milliseconds; without a plan nobody knows it. */
function slowMsOf({ plan }: Observed): (release: string) => number | undefined {
  let known = plan?.current();
  const read = () => (known?.releases ?? []).map((one) => [one.name, one.release.slo] as const);
  let slos = new Map(read());
  return (release) => {
    const current = plan?.current();
    if (current !== known) {
      known = current;
      slos = new Map(read());
    }
    return slos.get(release)?.latency?.underMs;
  };
}

interface Begun {
  readonly end: () => void;
  readonly measuring: Measuring;
}

/** Measures requests and new errors. */
function begin(tinct: Observed, { serves, newErrors }: MetricsOptions, sink: Sink): Begun {
  const measuring = measure({ serves, served: tinct.served, slowMs: slowMsOf(tinct), sink });
  const ends = [
    tinct.observe(measuring),
    newErrors?.onNew(({ release, variant }) =>
      sink.writer(SERVICE_METRICS.newErrors, newErrorLabels(release, variant))(1),
    ),
  ];
  const end = () => {
    for (const each of ends) each?.();
  };
  return { end, measuring };
}

/** Where there is a plan, what it has. */
function plannedBy({
  plan,
}: Observed): ((release: string, variant: string) => boolean) | undefined {
  const current = plan?.current();
  if (current === undefined) return undefined;
  const variants = new Map(current.releases.map((one) => [one.name, new Set(one.variants)]));
  return (release, variant) => variants.get(release)?.has(variant) === true;
}

/** Measures from now on, in accumulators of its own. */
export function metricsOf(tinct: Observed, options: MetricsOptions): ServiceMetrics {
  const { serves, now = Date.now } = options;
  const sink = new Accumulator();
  for (const release of serves)
    for (const color of ['carried', 'decided', 'missing'])
      sink.expect(SERVICE_METRICS.arrivals, { release, color });
  const { end: close, measuring } = begin(tinct, options, sink);
  const leaving = new Leaving();
  const families = () => {
    expectAll(tinct, serves, sink);
    const isPlanned = plannedBy(tinct);
    const gone = isPlanned === undefined ? [] : leaving.of(sink.versions(), isPlanned, now());
    for (const { release, variant } of gone) {
      sink.forget(release, variant);
      measuring.forget(release, variant);
    }
    return Object.values(SERVICE_METRICS).map((metric) => sink.of(metric));
  };
  return { close, ...producerOf(families, { scope: '@tinct/sdk', now }) };
}

/** What is needed of a meter of `@opentelemetry/api`. */
export interface MeterLike {
  createCounter(
    name: string,
    options: InstrumentOptions,
  ): { add(value: number, labels: Labels): void };
  createHistogram(
    name: string,
    options: InstrumentOptions,
  ): { record(value: number, labels: Labels): void };
}

interface InstrumentOptions {
  readonly unit: string;
  readonly description: string;
  readonly advice?: { readonly explicitBucketBoundaries: number[] };
}

class MeterSink implements Sink {
  readonly #write = new Map<MetricDefinition, (value: number, labels: Labels) => void>();

  constructor(meter: MeterLike) {
    for (const metric of Object.values<MetricDefinition>(SERVICE_METRICS)) {
      const { name, unit, help, type, bounds = [] } = metric;
      const about = { unit, description: help };
      if (type === 'counter') {
        const counter = meter.createCounter(name, about);
        this.#write.set(metric, (value, labels) => counter.add(value, labels));
      } else {
        const advice = { explicitBucketBoundaries: [...bounds] };
        const histogram = meter.createHistogram(name, { ...about, advice });
        this.#write.set(metric, (value, labels) => histogram.record(value, labels));
      }
    }
  }

  writer(metric: MetricDefinition, labels: Labels): Write {
    const write = this.#write.get(metric);
    return (value) => write?.(value, labels);
  }
}

/**
 * The same through a meter, for an application that has a MeterProvider and no way to a reader's producers:
 * `record(tinct, metrics.getMeter('tinct'), { serves: ['my-service'] })`. What is returned ends it.
 */
export function record(tinct: Observed, meter: MeterLike, options: MetricsOptions): () => void {
  return begin(tinct, options, new MeterSink(meter)).end;
}
