/** Where the API server keeps objects. The kinds that Tinct writes are few: no discovery, and no right for it. */
import type { Ref } from '@tinct/istio-config';

const PLURALS: Readonly<Record<string, string>> = {
  VirtualService: 'virtualservices',
  DestinationRule: 'destinationrules',
  Gateway: 'gateways',
  HTTPRoute: 'httproutes',
  GRPCRoute: 'grpcroutes',
  Service: 'services',
  Lease: 'leases',
};

export const pluralOf = (kind: string): string => PLURALS[kind] ?? `${kind.toLowerCase()}s`;

/** The path of all objects of a kind in a namespace. */
export function listPath({ apiVersion, kind, namespace }: Omit<Ref, 'name'>): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${root}/namespaces/${encodeURIComponent(namespace)}/${pluralOf(kind)}`;
}

export const objectPath = (ref: Ref): string => `${listPath(ref)}/${encodeURIComponent(ref.name)}`;
