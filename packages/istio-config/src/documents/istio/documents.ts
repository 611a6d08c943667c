/** Routing → documents of Istio's own, in the order in which they are written. */
import type { Where } from '../../routes/of-plan.ts';
import type { Routing } from '../../routes/routing.ts';
import type { Document } from '../document.ts';
import type { Carrier } from '../options.ts';
import { destinationRule } from './destination-rule.ts';
import { istioGateway } from './gateway.ts';
import { gatewayVirtualService, meshVirtualService } from './virtual-service.ts';

interface Options {
  readonly for: Where;
  readonly carrier: Carrier | undefined;
  readonly withGateways: boolean;
}

export function istioDocuments(of: Routing, options: Options): Document[] {
  const { entrances, gateways, services } = of;
  const made = options.withGateways && entrances.length > 0 ? gateways : [];
  const carrier = options.carrier ?? 'both';
  return [
    ...services.map(destinationRule),
    ...made.map((gateway) => istioGateway(gateway, entrances)),
    ...(options.for === 'gateway' ? [] : services.map((one) => meshVirtualService(one, carrier))),
    ...entrances.map((entrance) => gatewayVirtualService(entrance, of)),
  ];
}
