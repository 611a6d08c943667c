/** How many new traces are kept: the canary's requests are few, and worth more. */
import type { Attributes, Context, SpanKind } from '@opentelemetry/api';
import {
  ParentBasedSampler,
  type Sampler,
  type SamplingResult,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import type { TraceOptions } from './contract.ts';

const USUAL = 0.05;

/** `tinct.variant.<release>`: as services with the SDK call it. */
export const variantAttribute = (release: string): string => `tinct.variant.${release}`;

class VariantSampler implements Sampler {
  readonly #usual: number;
  readonly #special: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly #samplers: ReadonlyMap<number, Sampler>;

  constructor({ ratio = USUAL, variants = {} }: TraceOptions) {
    this.#usual = ratio;
    this.#special = new Map(
      Object.entries(variants).map(([release, ratios]) => [
        variantAttribute(release),
        new Map(Object.entries(ratios)),
      ]),
    );
    const all = [ratio, ...Object.values(variants).flatMap((ratios) => Object.values(ratios))];
    this.#samplers = new Map(all.map((each) => [each, new TraceIdRatioBasedSampler(each)]));
  }

  shouldSample(
    context: Context,
    traceId: string,
    name: string,
    kind: SpanKind,
    attributes: Attributes,
  ): SamplingResult {
    const sampler = this.#samplers.get(this.#ratioOf(attributes)) as Sampler;
    return sampler.shouldSample(context, traceId, name, kind, attributes, []);
  }

  toString(): string {
    return 'TinctVariantSampler';
  }

  /** The largest of those that are said for the request's versions. */
  #ratioOf(attributes: Attributes): number {
    let largest: number | undefined;
    for (const [name, ratios] of this.#special) {
      const ratio = ratios.get(`${attributes[name]}`);
      if (ratio !== undefined && ratio > (largest ?? -1)) largest = ratio;
    }
    return largest ?? this.#usual;
  }
}

/** A trace that is continued is sampled if its parent is; a new one by the ratio of its versions. */
export const samplerOf = (options: TraceOptions): Sampler =>
  new ParentBasedSampler({ root: new VariantSampler(options) });
