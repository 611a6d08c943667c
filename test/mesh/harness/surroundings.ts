/** What a cluster would hold beside a plan's routes: services, pods of each version, gateways. */
import type { Plan, Service } from '@tinct/core';
import type { KubeObject } from './kube.ts';

const WITH_SIDECAR = { containers: [{ name: 'istio-proxy', image: 'none' }] };

/** Enough for `istioctl analyze` to find everything that the plan's routes name. */
export const surroundings = ({ releases, istio }: Plan): KubeObject[] => [
  ...Object.values(releases).flatMap(({ services }) =>
    services.flatMap((service) => surroundingsOf(service, istio.namespace)),
  ),
  ...istio.gateways.flatMap((ref) => gatewayAt(ref, istio.namespace)),
];

function surroundingsOf(service: Service, namespace: string | undefined): KubeObject[] {
  const [name = '', own, kind] = service.host.split('.');
  if (own === undefined || kind !== 'svc') return [entryFor(service, namespace ?? 'default')];
  const selector = service.selector ?? { app: name };
  const pods = Object.entries(service.subsets).map(([variant, labels]) =>
    podOf(`${name}-${variant}`, own, { ...selector, ...labels }),
  );
  const ports = [{ name: 'http', port: 80, targetPort: 8080 }];
  const spec = { selector, ports };
  return [{ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: own }, spec }, ...pods];
}

const podOf = (
  name: string,
  namespace: string,
  labels: Readonly<Record<string, string>>,
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels },
  spec: WITH_SIDECAR,
});

const entryFor = ({ host, subsets }: Service, namespace: string): KubeObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'ServiceEntry',
  metadata: { name: host, namespace },
  spec: {
    hosts: [host],
    ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
    resolution: 'STATIC',
    endpoints: Object.values(subsets).map((labels, i) => ({ address: `192.0.2.${i + 1}`, labels })),
  },
});

function gatewayAt(ref: string, fallback = 'default'): KubeObject[] {
  const [name = '', namespace = fallback] = ref.split('/').reverse();
  const port = { number: 80, name: 'http', protocol: 'HTTP' };
  return [
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      metadata: { name, namespace },
      spec: { selector: { istio: name }, servers: [{ port, hosts: ['*'] }] },
    },
    podOf(name, namespace, { istio: name }),
  ];
}
