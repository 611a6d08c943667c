/** Which releases apply to a request's host and path. Its cost does not grow with releases that do not apply. */
import type { CompiledPlan, CompiledRelease, ScopeIndex } from './compiled.ts';

type Releases = readonly CompiledRelease[];

/** The patterns that cover a host, or another pattern: itself and each wildcard above it. */
function patternsOver(host: string): string[] {
  const patterns = [host];
  for (let dot = host.indexOf('.', 1); dot >= 0; dot = host.indexOf('.', dot + 1)) {
    patterns.push(`*${host.slice(dot)}`);
  }
  return patterns;
}

/** Lists, for every host the plan names, all the releases that apply, so that one look-up is enough. */
export function buildScope(releases: Releases): ScopeIndex {
  const order = new Map(releases.map((release, i) => [release, i]));
  const byPattern = new Map<string, CompiledRelease[]>();
  for (const release of releases) {
    for (const host of new Set(release.release.hosts)) {
      byPattern.set(host, [...(byPattern.get(host) ?? []), release]);
    }
  }
  const everywhere = releases.filter(({ release }) => release.hosts.length === 0);
  const applyingTo = (host: string): Releases => {
    const named = patternsOver(host).flatMap((pattern) => byPattern.get(pattern) ?? []);
    const all = new Set([...everywhere, ...named]);
    return [...all].toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  };
  const exact = new Map<string, Releases>();
  const below = new Map<string, Releases>();
  for (const host of byPattern.keys()) {
    if (host.startsWith('*.')) below.set(host.slice(1), applyingTo(host));
    else exact.set(host, applyingTo(host));
  }
  return { exact, below, everywhere };
}

/** A request's host as the plan writes hosts: lower case, no port, no trailing dot. */
export function normalizeHost(host: string): string {
  const colon = host.startsWith('[') ? host.indexOf(':', host.indexOf(']')) : host.indexOf(':');
  const bare = colon < 0 ? host : host.slice(0, colon);
  return (bare.endsWith('.') ? bare.slice(0, -1) : bare).toLowerCase();
}

function forHost({ exact, below, everywhere }: ScopeIndex, host: string): Releases {
  const named = exact.get(host);
  if (named !== undefined) return named;
  if (below.size > 0) {
    // From 1: a host is below a suffix only with something before the dot.
    for (let dot = host.indexOf('.', 1); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      const wild = below.get(host.slice(dot));
      if (wild !== undefined) return wild;
    }
  }
  return everywhere;
}

/** Where the query or the fragment of a path begins. */
function pathEnd(path: string): number {
  const query = path.indexOf('?');
  const fragment = path.indexOf('#');
  if (query < 0) return fragment < 0 ? path.length : fragment;
  return fragment < 0 ? query : Math.min(query, fragment);
}

/** `/api` covers `/api` and `/api/x`, not `/apix`. */
function coversPath(prefix: string, path: string, end: number): boolean {
  if (prefix.length > end || !path.startsWith(prefix)) return false;
  return prefix.endsWith('/') || prefix.length === end || path[prefix.length] === '/';
}

function appliesToPath(
  { release: { paths } }: CompiledRelease,
  path: string,
  end: number,
): boolean {
  if (paths.length === 0) return true;
  for (const prefix of paths) if (coversPath(prefix, path, end)) return true;
  return false;
}

/**
 * The releases that apply to a host (port allowed) and a path (query allowed), in the plan's order.
 * Allocates nothing where the path excludes none of the host's releases.
 */
export function applicable(
  compiled: CompiledPlan,
  host: string,
  path: string,
): readonly CompiledRelease[] {
  const releases = forHost(compiled.scope, normalizeHost(host));
  const end = pathEnd(path);
  for (const release of releases) {
    if (!appliesToPath(release, path, end))
      return releases.filter((one) => appliesToPath(one, path, end));
  }
  return releases;
}
