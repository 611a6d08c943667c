/** Whether routes hold where calls are made: in sidecars, and in the ambient mesh's waypoints. */
import { isService, serviceOf } from '../manifests/hosts.ts';
import type { ApiRoute } from '../manifests/http-route.ts';
import type { Manifest, Path } from '../manifests/manifest.ts';
import { matchesOf } from './cover.ts';
import type { View, VirtualService } from './view.ts';

export function checkMesh(view: View): void {
  for (const service of view.services) {
    checkGateways(service, view);
    checkWaypoint(service, view);
  }
  for (const route of view.apiRoutes) checkApiWaypoint(route, view);
}

const inMesh = ({ gateways }: VirtualService): boolean => gateways.includes('mesh');

const asksHeaders = ({ routes }: VirtualService): boolean =>
  routes
    .flatMap(matchesOf)
    .some(({ headers, withoutHeaders }) => headers.length + withoutHeaders.length > 0);

/** The services whose calls within the mesh have routes. */
const meshHosts = ({ services }: View): string[] =>
  services.filter(inMesh).flatMap(({ hosts }) => hosts.map(({ host }) => host));

/** A host that only the mesh knows, at gateways alone; or a service that moves with others, and is routed only there. */
function checkGateways(service: VirtualService, view: View): void {
  if (inMesh(service) || !asksHeaders(service)) return;
  const known = meshHosts(view);
  const named = service.hosts.map(({ host }) => host).filter(isService);
  const led = new Set(
    service.routes.flatMap(({ destinations }) => destinations.map(({ host }) => host)),
  );
  const together = Object.values(view.plan?.releases ?? {})
    .filter(({ services }) => services.length > 1)
    .flatMap(({ services }) => services.map(({ host }) => host))
    .filter((host) => led.has(host));
  const missing = [...new Set([...named, ...together])].filter((host) => !known.includes(host));
  if (missing.length === 0) return;
  const message = `calls within the mesh to ${missing.join(', ')} take none of these routes`;
  view.report(service.manifest, 'TINCT_LINT_MESH_MISSING', message, ['spec', 'gateways']);
}

function checkWaypoint(service: VirtualService, view: View): void {
  if (!inMesh(service) || !asksHeaders(service)) return;
  for (const { host, path } of service.hosts.filter((one) => isService(one.host)))
    checkReader(service.manifest, serviceOf(host), path, view);
}

/** A route for calls to a Service, by the Gateway API. */
function checkApiWaypoint({ manifest, parents, rules }: ApiRoute, view: View): void {
  if (!rules.some(({ headers }) => headers.length > 0)) return;
  for (const { path, ...service } of parents.filter(({ kind }) => kind === 'Service'))
    checkReader(manifest, service, path, view);
}

/** Whether somebody reads the headers of calls to a service. */
function checkReader(
  manifest: Manifest,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  path: Path,
  { manifests, report }: View,
): void {
  const space = manifests.find((one) => one.kind === 'Namespace' && one.name === namespace);
  const service = manifests.find(
    (one) => one.kind === 'Service' && one.name === name && one.namespace === namespace,
  );
  const waypoint = (service && waypointOf(service)) ?? (space && waypointOf(space));
  const isAmbient = space?.labels['istio.io/dataplane-mode'] === 'ambient';
  if (!isAmbient || (waypoint !== undefined && waypoint !== 'none')) return;
  const message = `the namespace ${namespace} is ambient, and nobody reads headers for ${name}`;
  report(manifest, 'TINCT_LINT_WAYPOINT_MISSING', message, path);
}

const waypointOf = ({ labels }: Manifest): string | undefined => labels['istio.io/use-waypoint'];
