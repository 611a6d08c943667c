/** Hosts as Istio reads them. */

const CLUSTER = 'svc.cluster.local';

/** A name without dots means a service of the object's own namespace; Istio completes no other. */
export function fullHost(host: string, namespace: string): string {
  const lower = host.toLowerCase();
  return /[.*]/.test(lower) ? lower : `${lower}.${namespace}.${CLUSTER}`;
}

/** Whether a host names a Kubernetes service. */
export const isService = (host: string): boolean => host.endsWith(`.${CLUSTER}`);

/** The service's own name and namespace. */
export function serviceOf(host: string): { readonly name: string; readonly namespace: string } {
  const [name = host, namespace = ''] = host.split('.');
  return { name, namespace };
}

/** Whether a host, which may begin with `*`, covers another. */
export function covers(pattern: string, host: string): boolean {
  if (pattern === '*') return true;
  if (!pattern.startsWith('*')) return pattern === host;
  return host.endsWith(pattern.slice(1));
}
