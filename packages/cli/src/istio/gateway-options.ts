/** Options of what is written for a gateway, and the gateway that they mean. */
import { TinctError } from '@tinct/core';
import type { GatewayTarget } from '@tinct/istio-config';
import { assignment, type Pair, text } from '../frame/kinds.ts';
import { many, optional } from '../frame/options.ts';

const NAMESPACE = 'istio-system';

export const gatewayOptions = {
  namespace: optional(text('the name of a namespace'), {
    value: 'NAME',
    short: 'n',
    fallback: NAMESPACE,
    help: "The gateway's namespace.",
  }),
  selector: many(assignment, {
    value: 'KEY=VALUE',
    fallback: 'istio=ingressgateway',
    help: "A label of the gateway's pods.",
  }),
  'gateway-api': optional(text('the name of a Gateway'), {
    value: 'NAME',
    help: 'The Gateway API’s Gateway that it is for, instead of --selector.',
  }),
  host: many(text('a host'), { value: 'HOST', help: 'Only this host. All by default.' }),
};

export interface GivenGateway {
  readonly namespace: string | undefined;
  readonly selector: readonly Pair[];
  readonly 'gateway-api': string | undefined;
}

export function gatewayOf(given: GivenGateway): { namespace: string; target: GatewayTarget } {
  const { namespace = NAMESPACE, selector, 'gateway-api': gateway } = given;
  if (gateway !== undefined && selector.length > 0)
    throw new TinctError('TINCT_CLI_ARGUMENTS', '--selector and --gateway-api exclude each other', {
      hint: 'name the pods or the Gateway',
    });
  const labels = selector.length > 0 ? Object.fromEntries(selector) : { istio: 'ingressgateway' };
  return { namespace, target: gateway === undefined ? { labels } : { gateway } };
}
