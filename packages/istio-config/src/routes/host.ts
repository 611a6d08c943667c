/** A service's host as Kubernetes has it. */

/** What a host names. */
export interface Named {
  /** Full: what Istio looks up. */
  readonly host: string;
  readonly name: string;
  readonly namespace: string;
  readonly isService: boolean;
}

/** Why a host cannot be used. */
export type Unnamed = 'namespace' | 'half';

/** `name.namespace.svc.` and the cluster's domain. */
const SERVICE = /^([^.]+)\.([^.]+)\.svc\.[^.]+(?:\.[^.]+)*$/;
/** What Istio would look up as it stands, and not find. */
const HALF = /^[^.]+\.[^.]+\.svc$/;

/** Reads a host; a name alone belongs to `namespace`, and a host outside of the cluster has its entry there. */
export function nameHost(host: string, namespace: string | undefined): Named | Unnamed {
  const [, name, own] = SERVICE.exec(host) ?? [];
  if (name !== undefined && own !== undefined)
    return { host, name, namespace: own, isService: true };
  if (HALF.test(host)) return 'half';
  if (namespace === undefined) return 'namespace';
  if (host.includes('.'))
    return { host, name: host.replaceAll('.', '-'), namespace, isService: false };
  return { host: `${host}.${namespace}.svc.cluster.local`, name: host, namespace, isService: true };
}
