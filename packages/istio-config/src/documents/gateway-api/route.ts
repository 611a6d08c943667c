/** HTTPRoutes and GRPCRoutes. Their rules have no order: the one that asks for more wins, so a color beats no color. */
import type { Branch, Color, Entrance, Routing, ServiceRouting } from '../../routes/routing.ts';
import { type Document, document, ownName } from '../document.ts';
import { entranceName, ROUTED_HEADER, routedValue } from '../names.ts';
import { weights } from '../weights.ts';
import { versionName } from './services.ts';

type Part = Readonly<Record<string, unknown>>;

const GROUP = 'gateway.networking.k8s.io/v1';

/** Calls within the mesh: the route belongs to the Service itself. Sidecars read it, and waypoints in ambient mode. */
export function meshRoute(service: ServiceRouting): Document {
  const { name, namespace, port } = service;
  const parent = { group: '', kind: 'Service', name, port };
  return route(service, ownName(name), namespace, [], { parentRefs: [parent] });
}

/** Requests that come in. Each service's route lies in its own namespace, so that it needs no ReferenceGrant. */
export function gatewayRoutes(entrance: Entrance, { gateways }: Routing): Document[] {
  const parents = gateways.map(({ name, namespace }) => ({ name, namespace }));
  const hosts = entrance.host === '*' ? {} : { hostnames: [entrance.host] };
  return byService(entrance).map(({ service, paths }) =>
    route(service, `${entranceName(entrance)}.${service.name}`, service.namespace, paths, {
      parentRefs: parents,
      ...hosts,
    }),
  );
}

/** All paths of a service together: the order of branches is for targets where the first match holds. */
function byService({ branches }: Entrance): Branch[] {
  const services = [...new Set(branches.map(({ service }) => service))];
  return services.map((service) => {
    const own = branches.filter((branch) => branch.service === service);
    const isAll = own.some(({ paths }) => paths.length === 0);
    return { service, paths: isAll ? [] : own.flatMap(({ paths }) => paths) };
  });
}

function route(
  service: ServiceRouting,
  name: string,
  namespace: string,
  paths: readonly string[],
  bound: Part,
): Document {
  const kind = service.protocol === 'grpc' ? 'GRPCRoute' : 'HTTPRoute';
  const rules = [
    ...service.colors.map((color) => colorRule(service, color, paths)),
    uncoloredRule(service, paths),
  ];
  return document([GROUP, kind], { name, namespace }, { ...bound, rules });
}

function colorRule(service: ServiceRouting, color: Color, paths: readonly string[]): Part {
  const headers = [{ type: 'Exact', name: color.header, value: color.variant }];
  const matches =
    paths.length === 0 ? [{ headers }] : paths.map((p) => ({ ...pathMatch(p), headers }));
  const backendRefs = [backend(service, color.subset)];
  return { matches, filters: [marked(routedValue(color))], backendRefs };
}

function uncoloredRule(service: ServiceRouting, paths: readonly string[]): Part {
  const { stable, shares } = service;
  const [only] = shares;
  const matches = paths.length === 0 ? {} : { matches: paths.map(pathMatch) };
  const mark = (variant: string) => [marked(routedValue({ release: stable.release, variant }))];
  if (only !== undefined && shares.length === 1)
    return { ...matches, filters: mark(only.subset), backendRefs: [backend(service, only.subset)] };
  const backendRefs = weights(service).map(({ subset, weight }) => ({
    ...backend(service, subset),
    weight,
    filters: mark(subset),
  }));
  return { ...matches, backendRefs };
}

const pathMatch = (value: string): Part => ({ path: { type: 'PathPrefix', value } });

const backend = (service: ServiceRouting, subset: string): Part => ({
  name: versionName(service, subset),
  port: service.port,
});

const marked = (value: string): Part => ({
  type: 'ResponseHeaderModifier',
  responseHeaderModifier: { set: [{ name: ROUTED_HEADER, value }] },
});
