/** Routing → documents, in the order in which they are written: what routes name comes before the routes. */
import { type Finding, finding, type Plan } from '@tinct/core';
import { routing, type Where } from '../routes/of-plan.ts';
import type { Routing } from '../routes/routing.ts';
import type { Document } from './document.ts';
import { destinationRule } from './istio/destination-rule.ts';
import { istioGateway } from './istio/gateway.ts';
import { gatewayVirtualService, meshVirtualService } from './istio/virtual-service.ts';

export interface GenerateOptions {
  readonly for: Where;
  /** Whether the gateways that the plan names are made too. */
  readonly withGateways: boolean;
}

export interface Generated {
  readonly documents: readonly Document[];
  /** With an error among them, the documents are not to be used. */
  readonly findings: readonly Finding[];
}

/** A plan's documents of Tinct's own. */
export function generate(plan: Plan, options: GenerateOptions): Generated {
  const { routing: of, findings } = routing(plan, options.for);
  return {
    documents: istioDocuments(of, options),
    findings: [...findings, ...noGateway(of, options)],
  };
}

function istioDocuments(of: Routing, { for: place, withGateways }: GenerateOptions): Document[] {
  const { entrances } = of;
  const made = withGateways && entrances.length > 0 ? of.gateways : [];
  return [
    ...of.services.map(destinationRule),
    ...made.map((gateway) => istioGateway(gateway, entrances)),
    ...(place === 'gateway' ? [] : of.services.map(meshVirtualService)),
    ...entrances.map((entrance) => gatewayVirtualService(entrance, of)),
  ];
}

function noGateway(
  { gateways }: Routing,
  { for: place, withGateways }: GenerateOptions,
): Finding[] {
  if (gateways.length > 0 || (place !== 'gateway' && !withGateways)) return [];
  return [finding('TINCT_ISTIO_GATEWAY_MISSING', 'the plan names no gateway', ['metadata'])];
}
