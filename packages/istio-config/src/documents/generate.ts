/** Plan → routing → documents. */
import { type Finding, finding, type Plan } from '@tinct/core';
import { type Routed, routing, type Where } from '../routes/of-plan.ts';
import { weighted, withoutRelease } from '../routes/transform.ts';
import { gatewayApiDocuments } from './gateway-api/documents.ts';
import { istioDocuments } from './istio/documents.ts';
import type { Generated, GenerateOptions } from './options.ts';

/** A plan's documents of Tinct's own, in the order in which they are written: what routes name comes before them. */
export function generate(plan: Plan, options: GenerateOptions = {}): Generated {
  const { target = 'istio', for: where = 'both', withGateways = false, carrier } = options;
  const { routing: of, findings } = routed(plan, where, options);
  const more = { for: where, withGateways, carrier };
  const made =
    target === 'istio'
      ? { documents: istioDocuments(of, more), findings: [] }
      : gatewayApiDocuments(of, more);
  const all = [...findings, ...made.findings, ...noGateway(plan, where, withGateways)];
  return { documents: made.documents, findings: all };
}

function routed(plan: Plan, where: Where, { abort = [], ...options }: GenerateOptions): Routed {
  const plain = routing(plan, where);
  const shared = options.weighted === true ? weighted(plain, plan) : plain;
  return { ...shared, routing: abort.reduce(withoutRelease, shared.routing) };
}

function noGateway({ istio }: Plan, where: Where, withGateways: boolean): Finding[] {
  if (istio.gateways.length > 0 || (where !== 'gateway' && !withGateways)) return [];
  return [finding('TINCT_ISTIO_GATEWAY_MISSING', 'the plan names no gateway', ['metadata'])];
}
