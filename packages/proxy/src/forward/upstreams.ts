import type { Decision, Finding, Plan } from '@tinct/core';
import { finding } from '@tinct/core';
import type { Settings } from '../options.ts';
import type { Target } from '../target.ts';
import type { Upstream } from './client/contract.ts';
import { Http2Upstream } from './client/http2-upstream.ts';
import { Http1Pool } from './client/pool.ts';

/** The services behind the edge: one for everything, or a URL per variant of a release. One pool each. */
export class Upstreams {
  readonly #pools = new Map<string, Upstream>();
  readonly #settings: Pick<Settings, 'routes' | 'timeouts'>;

  constructor(settings: Pick<Settings, 'routes' | 'timeouts'>) {
    this.#settings = settings;
  }

  /** Where a decided request goes. */
  of(decisions: readonly Decision[], target: Pick<Target, 'host' | 'path'>): Upstream {
    return this.#pool(this.#settings.routes.urlFor(decisions, target));
  }

  /** A variant that the edge could not send anywhere would be answered by another one: such a plan is refused. */
  inspect(plan: Plan): Finding[] {
    return this.#settings.routes.direct.flatMap(([release, urls]) => {
      const subsets = plan.releases[release]?.services.flatMap((service) =>
        Object.keys(service.subsets),
      );
      const unrouted = [...new Set(subsets)].filter((variant) => !urls.has(variant));
      return unrouted.map((variant) =>
        finding(
          'TINCT_EDGE_VARIANT_UNROUTED',
          `\`${variant}\` of \`${release}\` has no URL at this edge`,
          ['releases', release],
        ),
      );
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
  }

  #pool(origin: string): Upstream {
    const known = this.#pools.get(origin);
    if (known !== undefined) return known;
    const { timeouts } = this.#settings;
    const pool = origin.startsWith('h2c:')
      ? new Http2Upstream(origin, timeouts)
      : new Http1Pool(origin, timeouts);
    this.#pools.set(origin, pool);
    return pool;
  }
}
