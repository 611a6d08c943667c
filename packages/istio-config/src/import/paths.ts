/** Paths of routes: a release has one scope, its rules have none. */
import type { HttpMatch, HttpRoute } from '../manifests/virtual-service.ts';

/** No path, or the one that every path begins with. */
const isAnyPath = ({ uri }: HttpMatch): boolean =>
  uri === undefined || (uri.kind === 'prefix' && uri.value === '/');

export const isEverywhere = ({ matches }: HttpRoute): boolean => matches.every(isAnyPath);

/** The path prefixes that every route to a service has; empty: any path. `undefined`: they differ, or are no prefixes. */
export function commonPaths(routes: readonly HttpRoute[]): string[] | undefined {
  if (routes.every(isEverywhere)) return [];
  const sets = routes.map(({ matches }) => matches.map(prefixOf));
  const [first = []] = sets;
  const same = sets.every((paths) => String(paths) === String(first));
  return same && first.length > 0 && !first.includes(undefined)
    ? [...new Set(first as string[])]
    : undefined;
}

function prefixOf({ uri }: HttpMatch): string | undefined {
  return uri?.kind === 'prefix' && /^\/[^?#*\s]*$/.test(uri.value) ? uri.value : undefined;
}
