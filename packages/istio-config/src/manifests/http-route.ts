/** HTTPRoutes and GRPCRoutes of the Gateway API, as far as Tinct looks at them. */
import { valueAt } from '@tinct/core';
import type { Manifest, Path } from './manifest.ts';
import { itemsAt } from './read.ts';

export interface RouteHeader {
  /** In lower case. */
  readonly header: string;
  /** Absent: not compared exactly. */
  readonly exact: string | undefined;
  readonly path: Path;
}

/** An object in the route's namespace, or in another one. */
export interface RouteRef {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly path: Path;
}

export interface ApiRule {
  readonly path: Path;
  /** Of all its matches. */
  readonly headers: readonly RouteHeader[];
  /** Those that get anything. */
  readonly backends: readonly RouteRef[];
}

export interface ApiRoute {
  readonly manifest: Manifest;
  readonly parents: readonly RouteRef[];
  readonly rules: readonly ApiRule[];
}

export function apiRoutes(manifests: readonly Manifest[]): ApiRoute[] {
  return manifests
    .filter(({ kind, group }) => /^(HTTP|GRPC)Route$/.test(kind) && group.startsWith('gateway.'))
    .map((manifest) => ({
      manifest,
      parents: itemsAt(manifest.value, ['spec', 'parentRefs']).map(([ref, path]) =>
        refOf(ref, path, 'Gateway', manifest),
      ),
      rules: itemsAt(manifest.value, ['spec', 'rules']).map(([rule, path]) => ({
        path,
        headers: itemsAt(rule, ['matches']).flatMap(([match, at]) =>
          itemsAt(match, ['headers']).map(([header, step]) =>
            headerOf(header, [...path, ...at, ...step]),
          ),
        ),
        backends: itemsAt(rule, ['backendRefs'])
          .filter(([ref]) => valueAt(ref, ['weight']) !== 0)
          .map(([ref, at]) => refOf(ref, [...path, ...at], 'Service', manifest)),
      })),
    }));
}

const textAt = (value: unknown, key: string): string | undefined => {
  const found = valueAt(value, [key]);
  return typeof found === 'string' ? found : undefined;
};

const refOf = (ref: unknown, path: Path, kind: string, { namespace }: Manifest): RouteRef => ({
  kind: textAt(ref, 'kind') ?? kind,
  namespace: textAt(ref, 'namespace') ?? namespace,
  name: textAt(ref, 'name') ?? '',
  path,
});

function headerOf(header: unknown, path: Path): RouteHeader {
  const isExact = (textAt(header, 'type') ?? 'Exact') === 'Exact';
  return {
    header: (textAt(header, 'name') ?? '').toLowerCase(),
    exact: isExact ? textAt(header, 'value') : undefined,
    path,
  };
}
