/** Plan → routing: the first stage of every document. */
import { type Finding, finding, type Plan } from '@tinct/core';
import { entrancesOf } from './entrances.ts';
import type { Gateway, Routing } from './routing.ts';
import { servicesOf } from './services.ts';

export interface Routed {
  readonly routing: Routing;
  /** Errors name what the routing leaves out. */
  readonly findings: readonly Finding[];
}

/** Requests that come in, calls between services, or both. */
export type Where = 'gateway' | 'mesh' | 'both';

/**
 * What a plan's routes say, for any target. Neither percentages nor states change it, with one exception: where two
 * releases name one service, the one that is under way comes first.
 */
export function routing(plan: Plan, where: Where = 'both'): Routed {
  const { services, findings } = servicesOf(plan);
  const isEntered = where !== 'mesh' && plan.istio.gateways.length > 0;
  const { entrances, findings: clashes } = isEntered ? entrancesOf(plan, services) : NONE;
  const namespace =
    plan.istio.namespace ??
    entrances.flatMap(({ branches }) => branches)[0]?.service.namespace ??
    'default';
  const gateways = plan.istio.gateways.map((text) => gatewayOf(text, namespace));
  return {
    routing: { services, entrances, gateways, namespace },
    findings: [...findings, ...clashes, ...(isEntered ? exposureFindings(plan) : [])],
  };
}

const NONE = { entrances: [], findings: [] } as const;

function gatewayOf(text: string, home: string): Gateway {
  const [namespace, name] = text.includes('/') ? text.split('/') : [home, text];
  return { name: name ?? text, namespace: namespace ?? home };
}

/** Each release says which of its services gateways lead to. */
function exposureFindings({ releases }: Plan): Finding[] {
  return Object.values(releases)
    .filter(({ services }) => !services.some(({ exposed }) => exposed))
    .filter(({ services }) => services.length > 1)
    .map(({ name }) =>
      finding('TINCT_ISTIO_UNEXPOSED', `no gateway leads to a service of \`${name}\``, [
        'releases',
        name,
        'services',
      ]),
    );
}
