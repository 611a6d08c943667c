/**
 * Whether an Envoy has what was written, by its own word: `config_dump` of its admin port. It says of each route which
 * object it came from, not which version of it; so names and destinations of routes are compared, and nothing else of them.
 */
import { isRecord, valueAt } from '@tinct/core';
import type { LiveObject } from '../apply/object.ts';
import { entrancesOf, hostsOf } from '../apply/overlap.ts';
import { ownerOfRoute } from '../foreign/owner.ts';
import { fullHost } from '../manifests/hosts.ts';
import { itemsAt } from '../manifests/read.ts';

/** What an Envoy says of itself. */
export interface EnvoyState {
  /** Its node's id, `router~…` or `sidecar~…`. */
  readonly node: string;
  readonly clusters: readonly string[];
  readonly routes: readonly EnvoyRoute[];
}

export interface EnvoyRoute {
  /** `/apis/networking.istio.io/v1/namespaces/shop/virtual-service/web` */
  readonly config: string;
  readonly name: string;
  readonly clusters: readonly string[];
}

/** Of `config_dump` with routes, `config_dump` with clusters, and `server_info`. */
export function envoyState(routes: unknown, clusters: unknown, info: unknown): EnvoyState {
  return {
    node: String(valueAt(info, ['node', 'id']) ?? ''),
    clusters: itemsAt(clusters, ['configs']).map(([one]) =>
      String(valueAt(one, ['cluster', 'name'])),
    ),
    routes: itemsAt(routes, ['configs']).flatMap(([one]) =>
      itemsAt(one, ['route_config', 'virtual_hosts']).flatMap(([host]) =>
        itemsAt(host, ['routes']).map(([route]) => routeOf(route)),
      ),
    ),
  };
}

function routeOf(route: unknown): EnvoyRoute {
  const one = valueAt(route, ['route', 'cluster']);
  const several = itemsAt(route, ['route', 'weighted_clusters', 'clusters']).map(([each]) =>
    String(valueAt(each, ['name'])),
  );
  return {
    config: String(valueAt(route, ['metadata', 'filter_metadata', 'istio', 'config']) ?? ''),
    name: String(valueAt(route, ['name']) ?? ''),
    clusters: typeof one === 'string' ? [one] : several,
  };
}

/** An object that was written, or deleted. */
export interface Written {
  readonly kind: 'there' | 'gone';
  readonly object: LiveObject;
}

/** `unknown`: nothing of this Envoy's says it. */
export type Sight = 'seen' | 'unseen' | 'unknown';

export function sightOf(envoy: EnvoyState, { kind, object }: Written): Sight {
  if (object.kind === 'VirtualService') {
    if (!isFor(envoy, object)) return 'unknown';
    const routes = envoy.routes.filter(({ config }) => config === configOf(object));
    const isSeen = kind === 'gone' ? routes.length === 0 : hasRoutes(routes, object);
    return isSeen ? 'seen' : 'unseen';
  }
  if (object.kind === 'DestinationRule' && kind === 'there') return subsetsIn(envoy, object);
  return 'unknown';
}

const configOf = ({ metadata: { name, namespace = 'default' } }: LiveObject): string =>
  `/apis/networking.istio.io/v1/namespaces/${namespace}/virtual-service/${name}`;

/** Gateways read what names a gateway, sidecars what is for the mesh. */
function isFor({ node }: EnvoyState, object: LiveObject): boolean {
  const entrances = entrancesOf(object);
  return node.startsWith('router~')
    ? entrances.some((one) => one !== 'mesh')
    : entrances.includes('mesh');
}

/** A route as both sides can say it. */
const textOf = (name: string, clusters: readonly string[]): string =>
  `${ownerOfRoute({ name }) === undefined ? '' : name} ${[...new Set(clusters)].sort().join(' ')}`;

function hasRoutes(routes: readonly EnvoyRoute[], object: LiveObject): boolean {
  const wanted = itemsAt(object, ['spec', 'http']).map(
    ([route]) => [route, wantedText(route, object)] as const,
  );
  const all = new Set(wanted.map(([, text]) => text));
  const there = routes.map(({ name, clusters }) => textOf(name, clusters.map(withoutPort)));
  // What stands behind a route for everything, or is for one gateway of several, may be in no Envoy.
  const end = wanted.findIndex(([route]) => itemsAt(route, ['match']).length === 0);
  const sure = wanted.slice(0, end < 0 ? wanted.length : end).filter(([route]) => isColored(route));
  return (
    there.length > 0 &&
    there.every((text) => all.has(text)) &&
    sure.every(([, text]) => there.includes(text))
  );
}

const isColored = (route: unknown): boolean =>
  ownerOfRoute(route) !== undefined &&
  itemsAt(route, ['match']).every(([match]) => isRecord(match) && match['gateways'] === undefined);

function wantedText(route: unknown, object: LiveObject): string {
  const { namespace = 'default' } = object.metadata;
  const clusters = itemsAt(route, ['route']).map(([one]) => {
    const host = fullHost(String(valueAt(one, ['destination', 'host'])), namespace);
    return `${String(valueAt(one, ['destination', 'subset']) ?? '')}|${host}`;
  });
  return textOf(String(valueAt(route, ['name']) ?? ''), clusters);
}

/** `outbound|80|v2|web.shop.svc.cluster.local` → `v2|web.shop.svc.cluster.local` */
const withoutPort = (cluster: string): string => cluster.split('|').slice(2).join('|');

/** An Envoy that knows nothing of the host is told nothing of its subsets. */
function subsetsIn({ clusters }: EnvoyState, object: LiveObject): Sight {
  const [host = ''] = hostsOf(object);
  const known = new Set(clusters.map(withoutPort));
  if (!known.has(`|${host}`)) return 'unknown';
  const subsets = itemsAt(object, ['spec', 'subsets']).map(([one]) => valueAt(one, ['name']));
  return subsets.every((name) => known.has(`${String(name)}|${host}`)) ? 'seen' : 'unseen';
}
