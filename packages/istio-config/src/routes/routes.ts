import type { Plan, Release, Service } from '@tinct/core';
import { compare, inOrder } from '../order.ts';

/** A way through the mesh: requests to `host` that carry `header: variant` reach the pods with these labels. */
export interface Route {
  readonly release: string;
  readonly service: string;
  readonly host: string;
  /** The release's routing header, in lower case. */
  readonly header: string;
  /** The header's whole value. */
  readonly variant: string;
  /** The name of the pods' Istio subset. */
  readonly subset: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Every route that a plan's releases need, ordered by release, service and variant.
 *
 * Neither percentages nor states change it: routes stay still while traffic moves.
 */
export function routes(plan: Plan): Route[] {
  return inOrder(plan.releases).flatMap(([, release]) =>
    [...release.services]
      .sort((a, b) => compare(a.name, b.name))
      .flatMap((service) => routesOf(release, service)),
  );
}

/** The routes to one service of a release. */
export function routesOf(release: Release, service: Service): Route[] {
  return inOrder(service.subsets).map(([variant, labels]) => ({
    release: release.name,
    service: service.name,
    host: service.host,
    header: release.header,
    variant,
    subset: variant,
    labels: Object.fromEntries(inOrder(labels)),
  }));
}
