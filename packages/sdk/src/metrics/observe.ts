/** What of requests is measured. No path, host, user or raw header becomes a label. */
import type { ErrorCause, Labels, MetricDefinition } from '@tinct/core';
import type { KnownDecision, RequestContext } from '../context/types.ts';
import type { Observer, Outcome } from '../inbound/incoming.ts';
import { SERVICE_METRICS } from './catalogue.ts';
import { labelsOf, type Sink, type Write } from './series.ts';

export const CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx', 'abandoned'] as const;
/** The service itself answers here. */
export const AS_SERVICE = { reach: 'service', reporter: 'service' } as const;
/** Where a variant's name goes that is one too many. */
const OTHER = '_OTHER';
const MAX_VARIANTS = 32;

/** `abandoned`: the client left before there was an answer. */
function classOf({ status }: Outcome): (typeof CLASSES)[number] {
  if (status === 0) return 'abandoned';
  return CLASSES[Math.floor(status / 100) - 1] ?? '5xx';
}

/** What makes it an error; an adapter of gRPC gives the service's faults as 500. */
const causeOf = ({ status }: Outcome): ErrorCause | undefined =>
  status >= 500 ? 'status' : undefined;

/**
 * One metric's series of a release or of one of its versions, by the one label that is left. Each is made when it is first
 * needed: what has not happened has none.
 */
class SeriesOf {
  readonly #make: (value: string) => Write;
  readonly #known = new Map<string, Write>();
  /** What was asked for last is mostly what is asked for next. */
  #value: string | undefined;
  #write: Write = () => {};

  constructor(sink: Sink, metric: MetricDefinition, labels: Labels, label = '') {
    this.#make = (value) => sink.writer(metric, labelsOf(metric, { ...labels, [label]: value }));
  }

  /** `value`: of the label that the metric has besides. */
  add(amount: number, value = ''): void {
    if (value !== this.#value) this.#turnTo(value);
    this.#write(amount);
  }

  #turnTo(value: string): void {
    const write = this.#known.get(value) ?? this.#make(value);
    this.#known.set(value, write);
    this.#value = value;
    this.#write = write;
  }
}

const { requests, errors, slow, duration, arrivals, outbound, served } = SERVICE_METRICS;

/** What is measured of one version. */
class Version {
  readonly requests: SeriesOf;
  readonly errors: SeriesOf;
  readonly slow: SeriesOf;
  readonly duration: SeriesOf;
  readonly served: SeriesOf;
  readonly outbound: SeriesOf;

  constructor(sink: Sink, labels: Labels) {
    this.requests = new SeriesOf(sink, requests, labels, 'class');
    this.errors = new SeriesOf(sink, errors, labels, 'cause');
    this.slow = new SeriesOf(sink, slow, labels);
    this.duration = new SeriesOf(sink, duration, labels);
    this.served = new SeriesOf(sink, served, labels, 'served');
    this.outbound = new SeriesOf(sink, outbound, labels, 'colored');
  }
}

/** A release's versions, by variant and arm: of variants the first few have a name, whoever sends more. */
class Versions {
  readonly #sink: Sink;
  readonly #release: string;
  readonly #byVariant = new Map<string, Map<string, Version>>();

  constructor(sink: Sink, release: string) {
    this.#sink = sink;
    this.#release = release;
  }

  /** The next request of it is counted anew. */
  forget(variant: string): void {
    this.#byVariant.delete(variant);
  }

  of({ variant, arm }: KnownDecision): Version {
    return this.#byVariant.get(variant)?.get(arm) ?? this.#made(variant, arm);
  }

  #made(variant: string, arm: string): Version {
    const isNamed = this.#byVariant.has(variant) || this.#byVariant.size < MAX_VARIANTS;
    const name = isNamed ? variant : OTHER;
    const byArm = this.#byVariant.get(name) ?? new Map<string, Version>();
    const labels = { release: this.#release, variant: name, arm, ...AS_SERVICE };
    const made = byArm.get(arm) ?? new Version(this.#sink, labels);
    this.#byVariant.set(name, byArm.set(arm, made));
    return made;
  }
}

export interface Measured {
  /** Releases whose service this is. */
  readonly serves: readonly string[];
  readonly served: string | undefined;
  /** A release's latency objective, in milliseconds. */
  readonly slowMs: (release: string) => number | undefined;
  readonly sink: Sink;
}

const colorOf = (decision: KnownDecision | undefined, { origin }: RequestContext): string => {
  if (decision === undefined) return 'missing';
  return origin === 'plan' ? 'decided' : 'carried';
};

/** Measures, until told that a variant is measured no more. */
export interface Measuring extends Observer {
  forget(release: string, variant: string): void;
}

export function measure({ serves, served = 'unknown', slowMs, sink }: Measured): Measuring {
  const all = serves.map((release) => ({
    release,
    arrived: new SeriesOf(sink, arrivals, { release }, 'color'),
    versions: new Versions(sink, release),
  }));
  return {
    forget(release, variant) {
      for (const one of all) if (one.release === release) one.versions.forget(variant);
    },
    entered(context) {
      for (const { release, arrived } of all)
        arrived.add(1, colorOf(context.decisions.get(release), context));
    },
    finished(context, _incoming, outcome) {
      for (const { release, versions } of all) {
        const decision = context.decisions.get(release);
        if (decision === undefined) continue;
        const version = versions.of(decision);
        version.requests.add(1, classOf(outcome));
        const cause = causeOf(outcome);
        if (cause !== undefined) version.errors.add(1, cause);
        version.duration.add(outcome.durationMs / 1000);
        const limit = slowMs(release);
        if (limit !== undefined && outcome.durationMs > limit) version.slow.add(1);
        version.served.add(1, served);
      }
    },
    sent(context, { colored }) {
      for (const { release, versions } of all) {
        const decision = context?.decisions.get(release);
        if (decision !== undefined)
          versions.of(decision).outbound.add(1, colored ? 'true' : 'false');
      }
    },
  };
}
