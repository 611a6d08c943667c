/** Which documents of a plan are meant: the same for all that make, compare or write them. */
import type { GenerateOptions } from '@tinct/istio-config';
import { oneOf, text } from '../frame/kinds.ts';
import { flag, many, optional, type Values, withDefault } from '../frame/options.ts';

export const documentOptions = {
  for: withDefault(oneOf('gateway', 'mesh', 'both'), 'both', {
    value: 'WHERE',
    help: 'Routes for requests that come in by a gateway, for calls within the mesh, or both.',
  }),
  target: withDefault(oneOf('istio', 'gateway-api'), 'istio', {
    value: 'TARGET',
    help: 'Istio’s own objects, or the Gateway API’s with a Service for each version.',
  }),
  carrier: optional(oneOf('header', 'both'), {
    value: 'CARRIER',
    fallback: 'both, where the target can',
    help: 'What calls within the mesh are led by: the header, or the baggage member too.',
  }),
  abort: many(text('the name of a release'), {
    value: 'RELEASE',
    help: 'Everyone gets its stable variant, whatever color a request carries.',
  }),
  weighted: flag('Share requests without a color by weight. Not sticky: drawn for each request.'),
  'with-gateways': flag('Make the gateways that the plan names too: plain HTTP on port 80.'),
};

export function generateOptions({
  'with-gateways': withGateways,
  carrier,
  ...how
}: Values<typeof documentOptions>): GenerateOptions {
  const { for: where, target, abort, weighted } = how;
  const wanted = carrier === undefined ? {} : { carrier };
  return { for: where, target, abort, weighted, withGateways, ...wanted };
}
