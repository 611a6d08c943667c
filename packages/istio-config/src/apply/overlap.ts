/** Objects of somebody else's that say something about what a plan's own objects are about. */
import { valueAt } from '@tinct/core';
import { covers, fullHost } from '../manifests/hosts.ts';
import type { LiveObject } from './object.ts';

/** Whether both are asked about the same requests: order between them, or which of them wins, would matter. */
export function overlaps(own: LiveObject, other: LiveObject): boolean {
  if (own.kind !== other.kind) return false;
  if (own.kind === 'DestinationRule') return hostsOf(own)[0] === hostsOf(other)[0];
  if (own.kind === 'VirtualService')
    return (
      meet(hostsOf(own), hostsOf(other), isSameHost) && meet(entrancesOf(own), entrancesOf(other))
    );
  if (/Route$/.test(own.kind))
    return (
      meet(entrancesOf(own), entrancesOf(other)) &&
      meet(hostnames(own), hostnames(other), isSameHost)
    );
  return false;
}

/** Where the requests of a route come in, in the order of its list: gateways and `mesh`, or parents. A rule has one. */
export function entrancesOf(object: LiveObject): string[] {
  if (object.kind === 'DestinationRule') return ['mesh'];
  return object.kind === 'VirtualService' ? gateways(object) : parents(object);
}

const namespaceOf = ({ metadata }: LiveObject): string => metadata.namespace ?? 'default';

const listAt = (object: unknown, path: readonly string[]): readonly unknown[] => {
  const list = valueAt(object, path);
  return Array.isArray(list) ? list : [];
};

const textsAt = (object: unknown, path: readonly string[]): string[] =>
  listAt(object, path).filter((one): one is string => typeof one === 'string');

/** The hosts that an object of Istio's speaks of, in full. */
export function hostsOf(object: LiveObject): string[] {
  const host = valueAt(object, ['spec', 'host']);
  const hosts = typeof host === 'string' ? [host] : textsAt(object, ['spec', 'hosts']);
  return hosts.map((one) => fullHost(one, namespaceOf(object)));
}

/** A name without a namespace is of the object's own. */
function gateways(object: LiveObject): string[] {
  const named = textsAt(object, ['spec', 'gateways']);
  const home = namespaceOf(object);
  return (named.length === 0 ? ['mesh'] : named).map((one) =>
    one === 'mesh' || one.includes('/') ? one : `${home}/${one}`,
  );
}

/** The hosts that a route of the Gateway API speaks of. */
export function hostnames(object: LiveObject): string[] {
  const named = textsAt(object, ['spec', 'hostnames']);
  return named.length === 0 ? ['*'] : named;
}

function parents(object: LiveObject): string[] {
  return listAt(object, ['spec', 'parentRefs']).map((parent) => {
    const at = (key: string) => valueAt(parent, [key]);
    return [at('kind') ?? 'Gateway', at('namespace') ?? namespaceOf(object), at('name')].join('/');
  });
}

const isSameHost = (a: string, b: string): boolean => covers(a, b) || covers(b, a);

function meet(
  a: readonly string[],
  b: readonly string[],
  same: (one: string, other: string) => boolean = (one, other) => one === other,
): boolean {
  return a.some((one) => b.some((other) => same(one, other)));
}
