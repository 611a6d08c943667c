/** What of requests is measured. No path, host, user or raw header becomes a label. */
import type { ErrorCause, Labels } from '@tinct/core';
import type { KnownDecision, RequestContext } from '../context/types.ts';
import type { Observer, Outcome } from '../inbound/incoming.ts';
import { SERVICE_METRICS } from './catalogue.ts';
import type { Sink } from './series.ts';

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

/** Names of variants as labels: of each release the first few, whoever sends more. */
export class VariantNames {
  readonly #known = new Map<string, Set<string>>();

  of(release: string, variant: string): string {
    const names = this.#known.get(release) ?? new Set<string>();
    this.#known.set(release, names);
    if (names.has(variant)) return variant;
    if (names.size >= MAX_VARIANTS) return OTHER;
    names.add(variant);
    return variant;
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
  const names = new VariantNames();
  const { requests, errors, duration, arrivals, outbound, served: servedTotal } = SERVICE_METRICS;
  return {
    entered(context) {
      for (const release of serves) {
        const color = colorOf(context.decisions.get(release), context);
        sink.add(arrivals, { release, color }, 1);
      }
    },
    finished(context, _incoming, outcome) {
      for (const release of serves) {
        const decision = context.decisions.get(release);
        if (decision === undefined) continue;
        const variant = names.of(release, decision.variant);
        const version: Labels = { release, variant, arm: decision.arm, ...AS_SERVICE };
        sink.add(requests, { ...version, class: classOf(outcome) }, 1);
        const cause = causeOf(outcome);
        if (cause !== undefined) sink.add(errors, { ...version, cause }, 1);
        sink.add(duration, version, outcome.durationMs / 1000);
        sink.add(servedTotal, { release, variant, served }, 1);
      }
    },
    sent(context, { colored }) {
      for (const release of serves) {
        const decision = context?.decisions.get(release);
        if (decision === undefined) continue;
        const variant = names.of(release, decision.variant);
        sink.add(outbound, { release, variant, colored: `${colored}` }, 1);
      }
    },
  };
}
