import type { Plan, Release, Service } from '@tinct/core';
import { compare } from '../order.ts';

/** A service as one release names it. */
export interface Mention {
  readonly release: Release;
  readonly service: Service;
  readonly path: readonly string[];
}

/** Releases that are under way first: where two name one service, the other one is over. */
export function mentionsOf(plan: Plan): Mention[] {
  return Object.values(plan.releases)
    .sort((a, b) => Number(isOver(a)) - Number(isOver(b)) || compare(a.name, b.name))
    .flatMap((release) =>
      release.services.map((service) => ({
        release,
        service,
        path: ['releases', release.name, 'services', service.name],
      })),
    );
}

const isOver = ({ state }: Release): boolean => state === 'aborted' || state === 'completed';
