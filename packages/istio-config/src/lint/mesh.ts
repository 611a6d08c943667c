/** Whether routes hold where calls are made: in sidecars, and in the ambient mesh's waypoints. */
import { isService, serviceOf } from '../manifests/hosts.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { matchesOf } from './cover.ts';
import type { View, VirtualService } from './view.ts';

export function checkMesh(view: View): void {
  for (const service of view.services) {
    checkGateways(service, view);
    checkWaypoint(service, view);
  }
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
  for (const { host, path } of service.hosts.filter((one) => isService(one.host))) {
    const { name, namespace } = serviceOf(host);
    const space = view.manifests.find((one) => one.kind === 'Namespace' && one.name === namespace);
    const itself = view.manifests.find(
      (one) => one.kind === 'Service' && one.name === name && one.namespace === namespace,
    );
    const isAmbient = space?.labels['istio.io/dataplane-mode'] === 'ambient';
    if (
      !isAmbient ||
      hasWaypoint(itself) ||
      (itself !== undefined && waypointOf(itself) === undefined && hasWaypoint(space))
    )
      continue;
    if (itself === undefined && hasWaypoint(space)) continue;
    const message = `the namespace ${namespace} is ambient, and nobody reads headers for ${name}`;
    view.report(service.manifest, 'TINCT_LINT_WAYPOINT_MISSING', message, path);
  }
}

const waypointOf = ({ labels }: Manifest): string | undefined => labels['istio.io/use-waypoint'];

const hasWaypoint = (manifest: Manifest | undefined): boolean => {
  const name = manifest && waypointOf(manifest);
  return name !== undefined && name !== 'none';
};
