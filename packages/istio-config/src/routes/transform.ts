/** Routing → routing: the forms that a plan's state does not ask for, but a person may. */
import { type Finding, finding, movement, type Plan, type Release } from '@tinct/core';
import { inOrder } from '../order.ts';
import type { Routed } from './of-plan.ts';
import type { Routing, ServiceRouting } from './routing.ts';

/** Changes each service, in its own place and behind entrances. */
export function mapServices(
  routing: Routing,
  change: (service: ServiceRouting) => ServiceRouting,
): Routing {
  return {
    ...routing,
    services: routing.services.map(change),
    entrances: routing.entrances.map((entrance) => ({
      ...entrance,
      branches: entrance.branches.map((one) => ({ ...one, service: change(one.service) })),
    })),
  };
}

/** Everyone gets a release's stable variant, whatever color the request carries: without any running Tinct. */
export function withoutRelease(routing: Routing, release: string): Routing {
  return mapServices(routing, (service) => ({
    ...service,
    colors: service.colors.filter((color) => color.release !== release),
    shares:
      service.stable.release === release
        ? [{ subset: service.stable.variant, thousandths: 100_000 }]
        : service.shares,
  }));
}

/**
 * Requests without a color are shared by weight, as the plan shares everyone. Envoy draws anew for each request, so
 * this is not sticky. Rules for some users only have no weight: each is a warning.
 */
export function weighted({ routing, findings }: Routed, plan: Plan): Routed {
  const shared = mapServices(routing, (service) => {
    const release = plan.releases[service.stable.release];
    return release === undefined ? service : { ...service, shares: sharesOf(release) };
  });
  return {
    routing: shared,
    findings: [...findings, ...Object.values(plan.releases).flatMap(unweighted)],
  };
}

/** What a release gives to everyone of whom nothing is known, in thousandths of a percent. */
function sharesOf(release: Release): ServiceRouting['shares'] {
  const everyone =
    movement(release, release).at(-1)?.before ?? new Map([[release.stable, 100_000]]);
  return inOrder(Object.fromEntries(everyone))
    .filter(([, thousandths]) => thousandths > 0)
    .map(([subset, thousandths]) => ({ subset, thousandths }));
}

function unweighted({ name, rules, state }: Release): Finding[] {
  if (state === 'aborted' || state === 'completed') return [];
  return rules.flatMap((rule, i) => {
    const { users, cohort, when } = rule;
    if (users === undefined && cohort === undefined && when === undefined) return [];
    const message = 'this rule is about some users, and a weight is drawn for each request';
    return [finding('TINCT_ISTIO_WEIGHTED_PARTIAL', message, ['releases', name, 'rules', i])];
  });
}
