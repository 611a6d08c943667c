/** What of somebody else's VirtualService cannot follow a color, and is left as it is. */
import { type Finding, finding, isRecord, valueAt } from '@tinct/core';
import { fullHost } from '../manifests/hosts.ts';
import type { Path } from '../manifests/manifest.ts';
import { itemsAt } from '../manifests/read.ts';
import type { Insertion } from './insertion.ts';

/** Delegates, and routes that see no headers. */
export function leftAlone(object: unknown, insertion: Insertion, namespace: string): Finding[] {
  return [...delegates(object), ...connections(object, insertion, namespace)];
}

function delegates(object: unknown): Finding[] {
  return itemsAt(object, ['spec', 'http']).flatMap(([route, path]) => {
    if (!isRecord(route) || route['delegate'] === undefined) return [];
    const name = valueAt(route, ['delegate', 'name']);
    const message = `the VirtualService \`${String(name)}\` leads from here on`;
    return [finding('TINCT_ISTIO_DELEGATE', message, [...path, 'delegate'])];
  });
}

function connections(object: unknown, { moved }: Insertion, namespace: string): Finding[] {
  return ['tcp', 'tls'].flatMap((kind) =>
    itemsAt(object, ['spec', kind]).flatMap(([route, path]) =>
      itemsAt(route, ['route']).flatMap(([one, at]) => {
        const host = valueAt(one, ['destination', 'host']);
        const full = typeof host === 'string' ? fullHost(host, namespace) : '';
        const isMoved = moved.some(({ service }) => service.host === full);
        const place: Path = [...path, ...at];
        const message = `a ${kind} route to \`${full}\` sees no headers`;
        return isMoved ? [finding('TINCT_ISTIO_NO_HEADERS', message, place)] : [];
      }),
    ),
  );
}
