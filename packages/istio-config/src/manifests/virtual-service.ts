/** The HTTP routes of a VirtualService, as far as Tinct looks at them; everything keeps its path. */
import { isRecord, valueAt } from '@tinct/core';
import { fullHost } from './hosts.ts';
import type { Manifest, Path } from './manifest.ts';
import { itemsAt } from './read.ts';

export type StringMatch =
  | { readonly kind: 'exact' | 'prefix' | 'regex'; readonly value: string }
  /** `{}`: there is such a header. */
  | { readonly kind: 'present' }
  /** What the API server or Istio refuses. */
  | { readonly kind: 'malformed' };

export interface HeaderMatch {
  /** In lower case. */
  readonly header: string;
  readonly match: StringMatch;
  readonly path: Path;
}

export interface HttpMatch {
  readonly path: Path;
  readonly uri: StringMatch | undefined;
  readonly headers: readonly HeaderMatch[];
  readonly withoutHeaders: readonly HeaderMatch[];
  /** What else it asks: `method`, `port`, `gateways` … */
  readonly others: readonly string[];
  /** The match as it stands. */
  readonly value: unknown;
}

export interface Destination {
  readonly path: Path;
  /** With its namespace and domain. */
  readonly host: string;
  readonly subset: string | undefined;
  readonly weight: number | undefined;
}

export interface HttpRoute {
  readonly path: Path;
  readonly name: string | undefined;
  /** One of them must hold; empty: everyone. */
  readonly matches: readonly HttpMatch[];
  readonly destinations: readonly Destination[];
  /** What else it does: `timeout`, `fault`, `redirect` … */
  readonly others: readonly string[];
}

export const isVirtualService = ({ kind, group }: Manifest): boolean =>
  kind === 'VirtualService' && group === 'networking.istio.io';

/** `spec.http` in its order. */
export function httpRoutes(manifest: Manifest): HttpRoute[] {
  return itemsAt(manifest.value, ['spec', 'http']).map(([route, path]) => {
    const { match, route: destinations, name, ...others } = isRecord(route) ? route : {};
    return {
      path,
      name: typeof name === 'string' ? name : undefined,
      matches: itemsAt(route, ['match']).map(([one, at]) => httpMatch(one, [...path, ...at])),
      destinations: itemsAt(route, ['route']).map(([one, at]) =>
        destination(one, [...path, ...at], manifest.namespace),
      ),
      others: Object.keys(others),
    };
  });
}

function httpMatch(value: unknown, path: Path): HttpMatch {
  const {
    uri,
    headers,
    withoutHeaders,
    name: _name,
    ignoreUriCase: _case,
    ...others
  } = isRecord(value) ? value : {};
  return {
    path,
    uri: uri === undefined ? undefined : stringMatch(uri),
    headers: headerMatches(headers, [...path, 'headers']),
    withoutHeaders: headerMatches(withoutHeaders, [...path, 'withoutHeaders']),
    others: Object.keys(others),
    value,
  };
}

function headerMatches(value: unknown, path: Path): HeaderMatch[] {
  if (!isRecord(value)) return [];
  return Object.entries(value).map(([header, match]) => ({
    header: header.toLowerCase(),
    match: stringMatch(match),
    path: [...path, header],
  }));
}

/** `{ exact | prefix | regex: text }`, or an empty map. */
export function stringMatch(value: unknown): StringMatch {
  if (value === null || value === undefined) return { kind: 'present' };
  if (!isRecord(value)) return { kind: 'malformed' };
  const [[kind, text] = [], ...more] = Object.entries(value);
  if (kind === undefined) return { kind: 'present' };
  const known = kind === 'exact' || kind === 'prefix' || kind === 'regex';
  return known && typeof text === 'string' && more.length === 0
    ? { kind, value: text }
    : { kind: 'malformed' };
}

function destination(value: unknown, path: Path, namespace: string): Destination {
  const host = valueAt(value, ['destination', 'host']);
  const subset = valueAt(value, ['destination', 'subset']);
  const weight = valueAt(value, ['weight']);
  return {
    path,
    host: typeof host === 'string' ? fullHost(host, namespace) : '',
    subset: typeof subset === 'string' && subset !== '' ? subset : undefined,
    weight: typeof weight === 'number' ? weight : undefined,
  };
}

/** The hosts of `spec.hosts`, short names completed, with their paths. */
export function hostsOf(manifest: Manifest): { readonly host: string; readonly path: Path }[] {
  return itemsAt(manifest.value, ['spec', 'hosts']).flatMap(([host, path]) =>
    typeof host === 'string' ? [{ host: fullHost(host, manifest.namespace), path }] : [],
  );
}

/** The gateways that a VirtualService holds for; `mesh` where it names none. Names without a namespace lie in its own. */
export function gatewaysOf(manifest: Manifest): string[] {
  const named = itemsAt(manifest.value, ['spec', 'gateways']).map(([name]) => String(name));
  const full = named.map((name) =>
    name === 'mesh' || name.includes('/') ? name : `${manifest.namespace}/${name}`,
  );
  return full.length === 0 ? ['mesh'] : full;
}
