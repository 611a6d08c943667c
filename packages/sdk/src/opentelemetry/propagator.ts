/**
 * Takes Tinct's members out of OpenTelemetry's baggage. OpenTelemetry writes baggage into every request, to whatever host;
 * Tinct writes its own, for each hop anew, to hosts that may see it.
 */
import {
  type Context,
  propagation,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from '@opentelemetry/api';
import { isBaggageColor } from '@tinct/core';

function withoutColors(context: Context): Context {
  const baggage = propagation.getBaggage(context);
  const ours = (baggage?.getAllEntries() ?? []).map(([key]) => key).filter(isBaggageColor);
  if (baggage === undefined || ours.length === 0) return context;
  return propagation.setBaggage(context, baggage.removeEntries(...ours));
}

/**
 * Other propagators without Tinct's members, neither from requests that come nor from what the program puts into its
 * baggage itself:
 *
 * ```ts
 * new NodeSDK({
 *   textMapPropagator: new TinctPropagator(new W3CTraceContextPropagator(), new W3CBaggagePropagator()),
 * });
 * ```
 */
export class TinctPropagator implements TextMapPropagator {
  readonly #others: readonly TextMapPropagator[];

  constructor(...others: readonly TextMapPropagator[]) {
    this.#others = others;
  }

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const clean = withoutColors(context);
    for (const other of this.#others) other.inject(clean, carrier, setter);
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const extracted = this.#others.reduce(
      (found, other) => other.extract(found, carrier, getter),
      context,
    );
    return withoutColors(extracted);
  }

  fields(): string[] {
    return [...new Set(this.#others.flatMap((other) => other.fields()))];
  }
}
