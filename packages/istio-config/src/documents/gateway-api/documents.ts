/** Routing → documents of the Gateway API, in the order in which they are written. */
import { type Finding, finding } from '@tinct/core';
import type { Where } from '../../routes/of-plan.ts';
import type { Routing } from '../../routes/routing.ts';
import type { Carrier, Generated } from '../options.ts';
import { apiGateway } from './gateway.ts';
import { limitFindings } from './limits.ts';
import { gatewayRoutes, meshRoute } from './route.ts';
import { versionServices } from './services.ts';

interface Options {
  readonly for: Where;
  readonly carrier: Carrier | undefined;
  readonly withGateways: boolean;
}

export function gatewayApiDocuments(of: Routing, options: Options): Generated {
  const findings = [...limitFindings(of), ...carrierFindings(options)];
  const { entrances, gateways, services } = of;
  const made = options.withGateways && entrances.length > 0 ? gateways : [];
  const documents = [
    ...services.flatMap(versionServices),
    ...made.map(apiGateway),
    ...(options.for === 'gateway' ? [] : services.map(meshRoute)),
    ...entrances.flatMap((entrance) => gatewayRoutes(entrance, of)),
  ];
  return { documents, findings };
}

/** A member of a header's list needs a regular expression, which the Gateway API leaves to each implementation. */
function carrierFindings({ for: where, carrier }: Options): Finding[] {
  if (carrier === 'header' || where === 'gateway') return [];
  if (carrier === undefined)
    return [
      finding('TINCT_ISTIO_HEADER_ONLY', 'calls within the mesh are led by their header alone', [
        'releases',
      ]),
    ];
  const message =
    'a baggage member needs a regular expression, and the Gateway API has none that every mesh knows';
  return [
    finding(
      'TINCT_ISTIO_INEXPRESSIBLE',
      message,
      ['releases'],
      'ask for `--carrier header`, or for `--target istio`',
    ),
  ];
}
