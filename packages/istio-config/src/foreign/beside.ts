/**
 * Routes of Tinct's own beside those of others for the same host. Istio puts several VirtualServices of a gateway's host one
 * behind the other, the oldest first and routes for everything last: a color is found only where the others have nothing but
 * routes for everything. Within the mesh it takes the oldest one alone.
 */
import { type Finding, finding, isRecord, valueAt } from '@tinct/core';
import type { LiveObject } from '../apply/object.ts';
import { hostnames, hostsOf, overlaps } from '../apply/overlap.ts';
import type { Document } from '../documents/document.ts';
import { type Manifest, nameOf } from '../manifests/manifest.ts';
import { itemsAt } from '../manifests/read.ts';

export interface Beside {
  /** Without their routes for requests that have no color, where somebody else has those. */
  readonly documents: readonly Document[];
  readonly findings: readonly Finding[];
}

/** Tinct's documents beside what is there; an error where the order of the two would matter. */
export function beside(documents: readonly Document[], there: readonly Manifest[]): Beside {
  const findings: Finding[] = [];
  const left = documents.map((document) => {
    const others = there.filter((one) => isOther(document, one));
    findings.push(...others.flatMap((other) => clash(document, other)));
    return others.length === 0 ? document : withoutUncolored(document);
  });
  return { documents: left, findings };
}

/** As the API server would give it. */
const liveOf = ({ kind, name, namespace, value }: Manifest): LiveObject => ({
  apiVersion: '',
  kind,
  metadata: { name, namespace },
  spec: value['spec'],
});

function isOther(document: Document, other: Manifest): boolean {
  if (!/^(VirtualService|HTTPRoute|GRPCRoute)$/.test(other.kind)) return false;
  const { name, namespace } = document.metadata;
  if (other.name === name && other.namespace === namespace) return false;
  return overlaps(document, liveOf(other));
}

function clash(document: Document, other: Manifest): Finding[] {
  const why = reason(document, other);
  if (why === undefined) return [];
  const message = `${nameOf(other)} is for the same requests, and ${why}`;
  const { file } = other;
  const found = { ...finding('TINCT_ISTIO_BESIDE', message, []), ...other.position([]) };
  return [file === undefined ? found : { ...found, file }];
}

function reason(document: Document, other: Manifest): string | undefined {
  const gateways = document.spec['gateways'];
  if (Array.isArray(gateways) && gateways.includes('mesh'))
    return 'within the mesh Istio takes the oldest one alone';
  if (!isSameHost(document, other)) return 'a gateway looks at the more specific host alone';
  return isCatchAll(other) ? undefined : 'the older of the two would come first';
}

function isSameHost(document: Document, other: Manifest): boolean {
  const of = document.kind === 'VirtualService' ? hostsOf : hostnames;
  return of(document).every((host) => of(liveOf(other)).includes(host));
}

/** Whether all its routes are for everything. */
function isCatchAll({ value }: Manifest): boolean {
  const routes = [...itemsAt(value, ['spec', 'http']), ...itemsAt(value, ['spec', 'rules'])];
  return routes.every(([route]) =>
    itemsAt(route, [matchKey(route)]).every(([match]) => isAny(match)),
  );
}

const matchKey = (route: unknown): string =>
  isRecord(route) && 'matches' in route ? 'matches' : 'match';

function isAny(match: unknown): boolean {
  if (!isRecord(match)) return false;
  const { uri, path, ...others } = match;
  const isRoot =
    (uri === undefined || valueAt(uri, ['prefix']) === '/') &&
    (path === undefined || valueAt(path, ['value']) === '/');
  return isRoot && Object.keys(others).length === 0;
}

/** What has no color is somebody else's. */
function withoutUncolored(document: Document): Document {
  const { http, rules, ...rest } = document.spec;
  const colored = (list: unknown) => (Array.isArray(list) ? list.filter(isColored) : undefined);
  const [routes, all] = [colored(http), colored(rules)];
  return {
    ...document,
    spec: { ...rest, ...(routes && { http: routes }), ...(all && { rules: all }) },
  };
}

function isColored(route: unknown): boolean {
  const matches = itemsAt(route, [matchKey(route)]);
  return (
    matches.length > 0 && matches.every(([match]) => valueAt(match, ['headers']) !== undefined)
  );
}
