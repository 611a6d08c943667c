/** Objects as an API server gives and takes them. */
import type { Document } from '../documents/document.ts';

/** Who wrote which fields last, as the API server keeps it. */
export interface ManagedFields {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  /** RFC 3339. */
  readonly time?: string;
  /** The fields, as a tree of keys such as `f:spec`. */
  readonly fieldsV1?: unknown;
}

/** Who makes and keeps an object, such as a controller that would change it back. */
export interface OwnerReference {
  readonly kind: string;
  readonly name: string;
  readonly controller?: boolean;
}

export interface LiveMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly managedFields?: readonly ManagedFields[];
  readonly ownerReferences?: readonly OwnerReference[];
}

export interface LiveObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: LiveMetadata;
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** Which object is meant. */
export interface Ref {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export function refOf({ apiVersion, kind, metadata }: LiveObject | Document): Ref {
  return { apiVersion, kind, namespace: metadata.namespace ?? 'default', name: metadata.name };
}

/** `VirtualService shop/web`. */
export const refText = ({ kind, namespace, name }: Ref): string => `${kind} ${namespace}/${name}`;

/** The same for two objects that are one, whatever the version of their kind. */
export const refKey = ({ apiVersion, kind, namespace, name }: Ref): string =>
  [apiVersion.split('/')[0], kind, namespace, name].join('/');
