/** Which requests go where: by host, then by the longest path prefix, then by what was decided. */
import { type Decision, normalizeHost } from '@tinct/core';
import type { Target } from '../target.ts';

/** Release → variant → URL. */
export type DirectUrls = ReadonlyMap<string, ReadonlyMap<string, string>>;

export interface Route {
  /** In lower case, without a port; `*.` in front means every host below; `undefined` all. */
  readonly host: string | undefined;
  /** By whole segments; `/` is all. */
  readonly path: string;
  readonly upstream: string;
  readonly direct: DirectUrls;
}

/** An exact host before a longer suffix, a shorter one, and no host; then the longer path. */
function bySpecificity(a: Route, b: Route): number {
  const weight = ({ host }: Route) =>
    host === undefined ? 0 : host.startsWith('*.') ? host.length : Number.MAX_SAFE_INTEGER;
  return weight(b) - weight(a) || b.path.length - a.path.length;
}

function coversHost({ host }: Route, name: string): boolean {
  if (host === undefined || host === name) return true;
  return host.startsWith('*.') && name.length >= host.length && name.endsWith(host.slice(1));
}

/** `/api` covers `/api`, `/api/x` and `/api?x`, not `/apix`. */
function coversPath({ path }: Route, given: string): boolean {
  if (!given.startsWith(path)) return false;
  const next = given[path.length];
  return path.endsWith('/') || next === undefined || next === '/' || next === '?';
}

/** The routes of an edge; the last one takes what no other does. */
export class Routes {
  readonly #special: readonly Route[];
  readonly #usual: Route;

  constructor(special: readonly Route[], usual: Pick<Route, 'upstream' | 'direct'>) {
    this.#special = special.toSorted(bySpecificity);
    this.#usual = { host: undefined, path: '/', ...usual };
  }

  /** The URL for a request. Of several decided releases the first that has URLs there shows the way. */
  urlFor(decisions: readonly Decision[], target: Pick<Target, 'host' | 'path'>): string {
    return this.wayFor(decisions, target).url;
  }

  /** As {@link urlFor}, with the release that shows the way. */
  wayFor(
    decisions: readonly Decision[],
    target: Pick<Target, 'host' | 'path'>,
  ): { readonly url: string; readonly direct: string | undefined } {
    const { direct, upstream } = this.#routeFor(target);
    for (const { release, variant } of decisions) {
      const url = direct.get(release)?.get(variant);
      if (url !== undefined) return { url, direct: release };
    }
    return { url: upstream, direct: undefined };
  }

  /** Every release that goes straight to URLs somewhere, with its URLs there. */
  get direct(): readonly (readonly [release: string, urls: ReadonlyMap<string, string>])[] {
    return [this.#usual, ...this.#special].flatMap(({ direct }) => [...direct]);
  }

  #routeFor({ host, path }: Pick<Target, 'host' | 'path'>): Route {
    if (this.#special.length === 0) return this.#usual;
    const name = normalizeHost(host);
    return (
      this.#special.find((route) => coversHost(route, name) && coversPath(route, path)) ??
      this.#usual
    );
  }
}
