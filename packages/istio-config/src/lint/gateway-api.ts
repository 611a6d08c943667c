/** A plan's releases in HTTPRoutes and GRPCRoutes, where each version has a Service of its own. */
import type { Release, Service } from '@tinct/core';
import type { ApiRoute, ApiRule, RouteRef } from '../manifests/http-route.ts';
import { textsAt } from '../manifests/read.ts';
import { selects, type View } from './view.ts';

export function checkGatewayApi(view: View): void {
  for (const release of Object.values(view.plan?.releases ?? {}))
    for (const route of view.apiRoutes) checkRoute(route, release, view);
}

function checkRoute(route: ApiRoute, release: Release, view: View): void {
  const colored = route.rules.flatMap((rule) =>
    colorsOf(rule, release).map((variant) => ({ rule, variant })),
  );
  if (colored.length === 0) return;
  const variants = new Set(release.services.flatMap(({ subsets }) => Object.keys(subsets)));
  const missing = [...variants].filter((name) => !colored.some(({ variant }) => variant === name));
  if (missing.length > 0) {
    const message = `nothing here follows \`${release.header}: ${missing.join('`, `')}\``;
    view.report(route.manifest, 'TINCT_LINT_RELEASE_UNROUTED', message, ['spec', 'rules']);
  }
  for (const { rule, variant } of colored)
    for (const backend of rule.backends) checkBackend(route, release, variant, backend, view);
}

/** The variants that a rule asks for. */
const colorsOf = ({ headers }: ApiRule, release: Release): string[] =>
  headers.flatMap(({ header, exact }) =>
    header === release.header && exact !== undefined ? [exact] : [],
  );

/** Only Services that were read can be looked at. */
function checkBackend(
  { manifest }: ApiRoute,
  { header, services }: Release,
  variant: string,
  { name, namespace, path }: RouteRef,
  view: View,
): void {
  const service = view.manifests.find(
    (one) => one.kind === 'Service' && one.name === name && one.namespace === namespace,
  );
  const selector = textsAt(service?.value, ['spec', 'selector']);
  const isMeant = ({ subsets }: Service): boolean => {
    const labels = subsets[variant];
    return labels !== undefined && selects(labels, selector);
  };
  if (service === undefined || services.some(isMeant)) return;
  const message = `a request with \`${header}: ${variant}\` reaches the pods of ${name}, which is not that version`;
  view.report(manifest, 'TINCT_LINT_RELEASE_MISROUTED', message, path);
}
