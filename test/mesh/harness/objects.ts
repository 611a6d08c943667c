/** What Kubernetes is told of a mesh's gateways and sidecars. */
import type { KubeObject } from './kube.ts';

/** Where a gateway listens, on an address of its own. */
export const GATEWAY_PORT = 8088;

export const namespaceOf = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
});

/** A listener of the Gateway API's cannot say to which address it binds; a Service and an entry lead to its Envoy. */
export function gatewayApiObjects(
  labels: Record<string, string>,
  address: string,
  port: number,
): KubeObject[] {
  const metadata = { name: 'edge-api', namespace: 'istio-system' };
  const allowedRoutes = { namespaces: { from: 'All' } };
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: labels, ports: [{ name: 'http', port, targetPort: port }] },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'WorkloadEntry',
      metadata,
      spec: { address, labels },
    },
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'GatewayClass',
      metadata: { name: 'istio' },
      spec: { controllerName: 'istio.io/gateway-controller' },
    },
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata,
      spec: {
        gatewayClassName: 'istio',
        addresses: [{ type: 'Hostname', value: 'edge-api.istio-system.svc.cluster.local' }],
        listeners: [{ name: 'http', port, protocol: 'HTTP', allowedRoutes }],
      },
    },
  ];
}

export const gatewayOf = (
  name: string,
  selector: Record<string, string>,
  bind: string,
): KubeObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'Gateway',
  metadata: { name, namespace: 'istio-system' },
  spec: {
    selector,
    servers: [
      { port: { number: GATEWAY_PORT, name: 'http', protocol: 'HTTP' }, bind, hosts: ['*'] },
    ],
  },
});

export const sidecarOf = (
  app: string,
  namespace: string,
  bind: string,
  port: number,
): KubeObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'Sidecar',
  metadata: { name: app, namespace },
  spec: {
    workloadSelector: { labels: { app } },
    egress: [
      {
        port: { number: port, protocol: 'HTTP', name: 'http' },
        bind,
        captureMode: 'NONE',
        hosts: ['./*'],
      },
    ],
  },
});
