/** VirtualServices: one explicit match for every variant, stable ones included; what is left has no color. */
import type { Branch, Color, Entrance, Routing, ServiceRouting } from '../../routes/routing.ts';
import { type Document, document, ownName } from '../document.ts';
import { entranceName, ROUTED_HEADER, routedValue, routeName } from '../names.ts';
import type { Carrier } from '../options.ts';
import { weights } from '../weights.ts';
import { type ColorMatch, colorMatches, type Matching } from './match.ts';

const KIND = ['networking.istio.io/v1', 'VirtualService'] as const;

type Route = Readonly<Record<string, unknown>>;
/** A part of HTTPMatchRequest; an empty one means any path. */
type PathMatch = Readonly<{ uri?: { readonly exact: string } | { readonly prefix: string } }>;

const AT_GATEWAY = { place: 'gateway', carrier: 'header' } as const;

/** The routes of calls within the mesh to one service. */
export function meshVirtualService(service: ServiceRouting, carrier: Carrier): Document {
  return document(
    KIND,
    { name: ownName(service.name), namespace: service.namespace },
    {
      hosts: [service.host],
      gateways: ['mesh'],
      http: routesTo(service, [], { place: 'mesh', carrier }),
    },
  );
}

/** The routes of requests that come in by one host. */
export function gatewayVirtualService(
  entrance: Entrance,
  { gateways, namespace }: Pick<Routing, 'gateways' | 'namespace'>,
): Document {
  return document(
    KIND,
    { name: entranceName(entrance), namespace },
    {
      hosts: [entrance.host],
      gateways: gateways.map((gateway) => `${gateway.namespace}/${gateway.name}`),
      http: entrance.branches.flatMap(({ service, paths }: Branch) =>
        routesTo(service, paths.flatMap(pathMatches), AT_GATEWAY),
      ),
    },
  );
}

function routesTo(service: ServiceRouting, paths: readonly PathMatch[], how: Matching): Route[] {
  return [
    ...service.colors.map((color) => colorRoute(service, color, paths, how)),
    uncoloredRoute(service, paths, how),
  ];
}

/** A prefix covers whole segments: `/api` and `/api/x`, not `/apix`. */
function pathMatches(path: string): PathMatch[] {
  const below = { uri: { prefix: path.endsWith('/') ? path : `${path}/` } };
  return path.endsWith('/') ? [below] : [{ uri: { exact: path } }, below];
}

function colorRoute(
  service: ServiceRouting,
  color: Color,
  paths: readonly PathMatch[],
  how: Matching,
): Route {
  return {
    name: routeName(color),
    match: both(paths, colorMatches(color, how)),
    route: [{ destination: destination(service, color.subset, how) }],
    headers: marked(routedValue(color)),
  };
}

/** Everyone whom no Tinct decided about: stable, or the weights that are wanted. */
function uncoloredRoute(
  service: ServiceRouting,
  paths: readonly PathMatch[],
  how: Matching,
): Route {
  const { stable, shares } = service;
  const [only] = shares;
  const name = { name: `tinct/${stable.release}` };
  const match = paths.length === 0 ? {} : { match: paths };
  if (only !== undefined && shares.length === 1) {
    const route = [{ destination: destination(service, only.subset, how) }];
    const value = routedValue({ release: stable.release, variant: only.subset });
    return { ...name, ...match, route, headers: marked(value) };
  }
  const route = weights(service).map(({ subset, weight }) => ({
    destination: destination(service, subset, how),
    weight,
    headers: marked(routedValue({ release: stable.release, variant: subset })),
  }));
  return { ...name, ...match, route };
}

const both = (paths: readonly PathMatch[], colors: readonly ColorMatch[]): unknown[] =>
  paths.length === 0
    ? [...colors]
    : paths.flatMap((path) => colors.map((c) => ({ ...path, ...c })));

const marked = (value: string) => ({ response: { set: { [ROUTED_HEADER]: value } } });

/** Inside the mesh the port is the one that was called; a gateway has to be told where there are several. */
function destination({ host, port }: ServiceRouting, subset: string, { place }: Matching) {
  const at = place === 'mesh' || port === undefined ? {} : { port: { number: port } };
  return { host, subset, ...at };
}
