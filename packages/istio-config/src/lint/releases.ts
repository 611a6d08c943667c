/** A plan's releases: whether what the edge colors gets where it should. */
import type { Release, Service } from '@tinct/core';
import type { Destination, HttpMatch, HttpRoute } from '../manifests/virtual-service.ts';
import { matchesOf } from './cover.ts';
import { type Probe, probeFor, routeOf, takes } from './probe.ts';
import { isOwn, labelsOf, selects, type View, type VirtualService } from './view.ts';

/** A service of a release, beside one VirtualService that leads to it. */
interface Led {
  readonly release: Release;
  readonly service: Service;
  readonly by: VirtualService;
  readonly view: View;
}

export function checkReleases(view: View): void {
  for (const release of Object.values(view.plan?.releases ?? {}))
    for (const service of release.services) checkService(release, service, view);
}

function checkService(release: Release, service: Service, view: View): void {
  const leading = view.services.filter(({ routes }) =>
    routes.some((route) => leadsTo(route, service)),
  );
  if (leading.length === 0 && !isServedByGatewayApi(release, view)) {
    const message = `no route that was read leads to ${service.host}`;
    view.reportPlan('TINCT_LINT_RELEASE_UNROUTED', message, [
      'releases',
      release.name,
      'services',
      service.name,
    ]);
  }
  for (const by of leading) {
    const led = { release, service, by, view };
    checkUnrouted(led);
    checkMisrouted(led);
    if (!isSucceeded(led)) checkUncolored(led);
  }
}

/** Whether another release moves the service now. */
function isSucceeded({ release, service, view }: Led): boolean {
  const others = Object.values(view.plan?.releases ?? {}).filter(
    ({ name }) => name !== release.name,
  );
  const hasEnded = release.state === 'completed' || release.state === 'aborted';
  return (
    hasEnded && others.some(({ services }) => services.some(({ host }) => host === service.host))
  );
}

const leadsTo = ({ destinations }: HttpRoute, { host }: Service): boolean =>
  destinations.some((destination) => destination.host === host);

const isServedByGatewayApi = ({ header }: Release, { apiRoutes }: View): boolean =>
  apiRoutes.some(({ rules }) =>
    rules.some(({ headers }) => headers.some((one) => one.header === header)),
  );

const asksColor = ({ headers }: HttpMatch, { header }: Release): boolean =>
  headers.some((one) => one.header === header);

const GENERIC: Probe = { path: '/', headers: {}, asked: {} };

const colored = (probe: Probe, { header }: Release, variant: string): Probe => ({
  ...probe,
  headers: { ...probe.headers, [header]: variant },
});

/** The variants that some route of the VirtualService asks for. */
function routedVariants({ release, service, by }: Led): string[] {
  const asked = by.routes.flatMap(matchesOf).filter((match) => asksColor(match, release));
  return Object.keys(service.subsets).filter((variant) =>
    asked.some((match) => {
      const probe = probeFor(match);
      return probe !== undefined && takes(match, colored(probe, release, variant));
    }),
  );
}

function checkUnrouted(led: Led): void {
  const { release, service, by, view } = led;
  const routed = routedVariants(led);
  const missing = Object.keys(service.subsets).filter((variant) => {
    const route = routeOf(by.routes, colored(GENERIC, release, variant));
    return (
      !routed.includes(variant) &&
      (route === undefined || strayOf(route, variant, led) !== undefined)
    );
  });
  if (missing.length === 0) return;
  const message = `nothing here follows \`${release.header}: ${missing.join('`, `')}\``;
  view.report(by.manifest, 'TINCT_LINT_RELEASE_UNROUTED', message, ['spec', 'http']);
}

/** Sends a colored request along each route to the service, and looks where it ends. */
function checkMisrouted(led: Led): void {
  const { release, by, service, view } = led;
  const said = new Set<string>();
  for (const variant of routedVariants(led))
    for (const match of by.routes.filter((r) => leadsTo(r, service)).flatMap(matchesOf)) {
      const plain = probeFor(match);
      const probe = plain === undefined ? undefined : colored(plain, release, variant);
      if (probe === undefined || !takes(match, probe) || asksAnother(match, led)) continue;
      const route = routeOf(by.routes, probe);
      const stray = route === undefined ? undefined : strayOf(route, variant, led);
      const key = `${variant} ${String(route?.path)}`;
      if (route === undefined || stray === undefined || said.has(key)) continue;
      said.add(key);
      const message = `a request with \`${release.header}: ${variant}\` that comes here reaches ${stray}`;
      view.report(by.manifest, 'TINCT_LINT_RELEASE_MISROUTED', message, route.path);
    }
}

/** Of two releases that move a service one has ended: which of their colors comes first is not for lint to say. */
function asksAnother({ headers }: HttpMatch, { release, view }: Led): boolean {
  const others = Object.values(view.plan?.releases ?? {}).filter(
    ({ name }) => name !== release.name,
  );
  return others.some((one) => headers.some(({ header }) => header === one.header));
}

/** Where of a route's destinations another version of the service answers. */
function strayOf({ destinations }: HttpRoute, variant: string, led: Led): string | undefined {
  const answering = destinations.filter(
    ({ weight = 1 }) => weight > 0 || destinations.length === 1,
  );
  const stray = answering.find(
    (one) => one.host === led.service.host && !isVariant(one, variant, led),
  );
  return stray === undefined ? undefined : subsetText(stray);
}

const subsetText = ({ subset }: Destination): string =>
  subset === undefined ? 'pods of every version' : `the subset ${subset}`;

function isVariant(
  { host, subset }: Destination,
  variant: string,
  { service, view }: Led,
): boolean {
  const meant = service.subsets[variant];
  if (subset === undefined || meant === undefined) return meant === undefined;
  const labels = labelsOf(view, host, subset);
  return labels === undefined
    ? subset === variant
    : selects(meant, labels) && selects(labels, meant);
}

/** Routes that ask for no header: the way of those who have no decision. */
function checkUncolored(led: Led): void {
  const { release, service, by, view } = led;
  for (const route of by.routes.filter((one) => leadsTo(one, service))) {
    const isUncolored = matchesOf(route).some(({ headers }) => headers.length === 0);
    const isWeighted = isOwn(by.manifest) && route.destinations.length > 1;
    const stray = strayOf(route, release.stable, led);
    if (!isUncolored || isWeighted || stray === undefined) continue;
    const message = `requests without a color reach ${stray}; stable is ${release.stable}`;
    view.report(by.manifest, 'TINCT_LINT_DEFAULT_CANARY', message, [...route.path, 'route']);
  }
}
