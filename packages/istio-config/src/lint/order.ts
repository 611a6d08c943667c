/** Order: within a VirtualService, and between those of one host. */
import { covers, isCatchAll, matchesOf } from './cover.ts';
import type { View, VirtualService } from './view.ts';

export function checkOrder(view: View): void {
  for (const service of view.services) checkShadowed(service, view);
  checkShared(view);
}

function checkShadowed({ manifest, routes }: VirtualService, { report }: View): void {
  routes.forEach((route, i) => {
    const earlier = routes.slice(0, i);
    const takers = matchesOf(route).map((match) =>
      earlier.find((one) => matchesOf(one).some((before) => covers(before, match))),
    );
    const [taker] = takers;
    if (taker === undefined || takers.includes(undefined)) return;
    const { line } = manifest.position(taker.path);
    const message = `the route in line ${line} takes every request that this one would`;
    report(manifest, 'TINCT_LINT_ROUTE_SHADOWED', message, route.path);
  });
}

/** Host and gateway → the VirtualServices that hold for both. */
function sharing({ services }: View): Map<string, VirtualService[]> {
  const together = new Map<string, VirtualService[]>();
  for (const service of services)
    for (const { host } of service.hosts)
      for (const gateway of service.gateways) {
        const key = `${gateway} ${host}`;
        together.set(key, [...(together.get(key) ?? []), service]);
      }
  return together;
}

function checkShared(view: View): void {
  const said = new Set<VirtualService>();
  for (const [key, services] of sharing(view)) {
    const [gateway = '', host = ''] = key.split(' ');
    if (services.length < 2 || (gateway !== 'mesh' && !isOrdered(services))) continue;
    const [first, ...others] = services;
    for (const service of others) {
      if (first === undefined || said.has(service)) continue;
      said.add(service);
      const { manifest } = service;
      const path = service.hosts.find((one) => one.host === host)?.path ?? ['spec', 'hosts'];
      const other = `${first.manifest.namespace}/${first.manifest.name}`;
      const which =
        gateway === 'mesh'
          ? 'sidecars take the older one alone'
          : `${gateway} takes the older one first`;
      const message = `${other} has routes for ${host} too: ${which}`;
      view.report(manifest, 'TINCT_LINT_HOST_SHARED', message, path);
    }
  }
}

/** A gateway puts routes for everyone last: beside one that has conditions, one that has none does no harm. */
function isOrdered(services: readonly VirtualService[]): boolean {
  const matches = services.map(({ routes }) => routes.flatMap(matchesOf));
  const withConditions = matches.filter((all) => all.some((match) => !isCatchAll(match)));
  const forEveryone = matches.filter((all) => all.some(isCatchAll));
  return withConditions.length > 1 || forEveryone.length > 1;
}
