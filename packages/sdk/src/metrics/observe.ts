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

/** The series of a release or of one of its versions. Each is made when it is first needed: what has not happened has none. */
class SeriesOf {
  readonly #sink: Sink;
  readonly #labels: Labels;
  readonly #known = new Map<MetricDefinition, Map<string, Write>>();

  constructor(sink: Sink, labels: Labels) {
    this.#sink = sink;
    this.#labels = labels;
  }

  /** `value`: of the `label` that the metric has besides. */
  add(metric: MetricDefinition, amount: number, label = '', value = ''): void {
    const write = this.#known.get(metric)?.get(value) ?? this.#made(metric, label, value);
    write(amount);
  }

  #made(metric: MetricDefinition, label: string, value: string): Write {
    const labels = labelsOf(metric, { ...this.#labels, [label]: value });
    const write = this.#sink.writer(metric, labels);
    const known = this.#known.get(metric) ?? new Map<string, Write>();
    this.#known.set(metric, known.set(value, write));
    return write;
  }
}

/** A release's versions, by variant and arm: of variants the first few have a name, whoever sends more. */
class Versions {
  readonly #sink: Sink;
  readonly #release: string;
  readonly #byVariant = new Map<string, Map<string, SeriesOf>>();

  constructor(sink: Sink, release: string) {
    this.#sink = sink;
    this.#release = release;
  }

  of({ variant, arm }: KnownDecision): SeriesOf {
    return this.#byVariant.get(variant)?.get(arm) ?? this.#made(variant, arm);
  }

  #made(variant: string, arm: string): SeriesOf {
    const isNamed = this.#byVariant.has(variant) || this.#byVariant.size < MAX_VARIANTS;
    const name = isNamed ? variant : OTHER;
    const byArm = this.#byVariant.get(name) ?? new Map<string, SeriesOf>();
    const labels = { release: this.#release, variant: name, arm, ...AS_SERVICE };
    const made = byArm.get(arm) ?? new SeriesOf(this.#sink, labels);
    this.#byVariant.set(name, byArm.set(arm, made));
    return made;
  }
}

export interface Measured {
  /** Releases whose service this is. */
  readonly serves: readonly string[];
  readonly served: string | undefined;
  readonly sink: Sink;
}

const colorOf = (decision: KnownDecision | undefined, { origin }: RequestContext): string => {
  if (decision === undefined) return 'missing';
  return origin === 'plan' ? 'decided' : 'carried';
};

export function measure({ serves, served = 'unknown', sink }: Measured): Observer {
  const { requests, errors, duration, arrivals, outbound, served: servedTotal } = SERVICE_METRICS;
  const all = serves.map((release) => ({
    release,
    series: new SeriesOf(sink, { release }),
    versions: new Versions(sink, release),
  }));
  return {
    entered(context) {
      for (const { release, series } of all)
        series.add(arrivals, 1, 'color', colorOf(context.decisions.get(release), context));
    },
    finished(context, _incoming, outcome) {
      for (const { release, versions } of all) {
        const decision = context.decisions.get(release);
        if (decision === undefined) continue;
        const version = versions.of(decision);
        version.add(requests, 1, 'class', classOf(outcome));
        const cause = causeOf(outcome);
        if (cause !== undefined) version.add(errors, 1, 'cause', cause);
        version.add(duration, outcome.durationMs / 1000);
        version.add(servedTotal, 1, 'served', served);
      }
    },
    sent(context, { colored }) {
      for (const { release, versions } of all) {
        const decision = context?.decisions.get(release);
        if (decision !== undefined)
          versions.of(decision).add(outbound, 1, 'colored', colored ? 'true' : 'false');
      }
    },
  };
}
