/** What inserted routes name and none of the objects has: Tinct's own documents say it. */
import { type Plan, valueAt } from '@tinct/core';
import type { Document } from '../documents/document.ts';
import { versionServices } from '../documents/gateway-api/services.ts';
import { destinationRule } from '../documents/istio/destination-rule.ts';
import { isDestinationRule, ruleHost } from '../manifests/destination-rule.ts';
import { fullHost } from '../manifests/hosts.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { itemsAt } from '../manifests/read.ts';
import { routing } from '../routes/of-plan.ts';
import type { ServiceRouting } from '../routes/routing.ts';

/** DestinationRules for VirtualServices, and a Service per version for the Gateway API's routes. */
export function needed(
  plan: Plan,
  releases: readonly string[],
  manifests: readonly Manifest[],
): Document[] {
  const services = routing(plan, 'mesh').routing.services.filter(({ colors }) =>
    colors.some(({ release }) => releases.includes(release)),
  );
  const named = new Set(manifests.flatMap(namesIn));
  return services.flatMap((service) => [
    ...(named.has(service.host) && !hasRule(manifests, service) ? [destinationRule(service)] : []),
    ...versionServices(service).filter(({ metadata }) => {
      const isNamed = named.has(`${metadata.namespace}/${metadata.name}`);
      return isNamed && !manifests.some((one) => isService(one, metadata));
    }),
  ]);
}

const hasRule = (manifests: readonly Manifest[], { host }: ServiceRouting): boolean =>
  manifests.some((one) => isDestinationRule(one) && ruleHost(one) === host);

const isService = (one: Manifest, { name, namespace }: Document['metadata']): boolean =>
  one.kind === 'Service' && one.group === '' && one.name === name && one.namespace === namespace;

/** Hosts that VirtualServices lead to, and Services that the Gateway API's routes lead to. */
function namesIn(manifest: Manifest): string[] {
  const { value, namespace } = manifest;
  const hosts = itemsAt(value, ['spec', 'http']).flatMap(([route]) =>
    itemsAt(route, ['route']).flatMap(([one]) => {
      const host = valueAt(one, ['destination', 'host']);
      return typeof host === 'string' ? [fullHost(host, namespace)] : [];
    }),
  );
  const backends = itemsAt(value, ['spec', 'rules']).flatMap(([rule]) =>
    itemsAt(rule, ['backendRefs']).map(
      ([ref]) => `${valueAt(ref, ['namespace']) ?? namespace}/${valueAt(ref, ['name'])}`,
    ),
  );
  return [...hosts, ...backends];
}
