import type { Decision, Finding, Plan, TinctError } from '@tinct/core';
import { finding, suggestion } from '@tinct/core';
import type { Settings } from '../options.ts';
import type { Target } from '../target.ts';
import { UpstreamCertificates } from './certificates.ts';
import type { Upstream } from './client/contract.ts';
import { Http2Upstream } from './client/http2-upstream.ts';
import { Http1Pool } from './client/pool.ts';
import { SecureUpstream } from './client/secure-upstream.ts';

type Behind = Pick<Settings, 'routes' | 'timeouts' | 'upstreamTls'>;

/** The services behind the edge: one for everything, or a URL per variant of a release. One pool each. */
/** Where a request goes; `direct`: the release whose URL that is. */
export interface Way {
  readonly upstream: Upstream;
  readonly direct: string | undefined;
}

export class Upstreams {
  readonly #pools = new Map<string, Upstream>();
  readonly #settings: Behind;
  readonly #certificates: UpstreamCertificates;

  constructor(settings: Behind) {
    this.#settings = settings;
    this.#certificates = new UpstreamCertificates(settings.upstreamTls);
  }

  /** Reads what TLS needs. Rejects with a `TinctError`; later `onRefused` hears of files that changed and are no good. */
  load(onRefused?: (error: TinctError) => void): Promise<void> {
    return this.#certificates.load(onRefused);
  }

  /** Where a decided request goes. */
  of(decisions: readonly Decision[], target: Pick<Target, 'host' | 'path'>): Way {
    const { url, direct } = this.#settings.routes.wayFor(decisions, target);
    return { upstream: this.#pool(url), direct };
  }

  /**
   * A variant that the edge could not send anywhere would be answered by another one: such a plan is refused. URLs of a
   * release that the plan doesn't have are no reason for that: it may come.
   */
  inspect(plan: Plan): Finding[] {
    return this.#settings.routes.direct.flatMap(([release, urls]) => {
      const known = plan.releases[release];
      if (known === undefined)
        return finding(
          'TINCT_EDGE_DIRECT_UNUSED',
          `this edge has URLs for \`${release}\` in \`direct\`, and the plan has no such release`,
          ['releases'],
          suggestion(release, Object.keys(plan.releases)),
        );
      const subsets = known.services.flatMap((service) => Object.keys(service.subsets));
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
    this.#certificates.close();
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
  }

  #pool(origin: string): Upstream {
    const known = this.#pools.get(origin);
    if (known !== undefined) return known;
    const pool = this.#open(origin);
    this.#pools.set(origin, pool);
    return pool;
  }

  #open(origin: string): Upstream {
    const { timeouts } = this.#settings;
    if (origin.startsWith('h2c:')) return new Http2Upstream(origin, timeouts);
    if (origin.startsWith('http:')) return new Http1Pool(origin, timeouts);
    return new SecureUpstream(origin, timeouts, this.#certificates.securityOf(origin));
  }
}
