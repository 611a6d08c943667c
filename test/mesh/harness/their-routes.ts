/** Routes of a shop's that people wrote, and keep by an apply of their own. */
import type { KubeObject } from './kube.ts';
import { HOST } from './shop.ts';

/** The field manager of those who wrote them. */
export const TEAM = 'platform-team';
export const HOST_NAME = 'my-service.shop.svc.cluster.local';
/** Of an object beside the service. */
export const metadata = (name: string) => ({ name, namespace: 'shop' });

/** What people keep by `kubectl apply --server-side`. */
export const theirs = (gateway: string): readonly [route: KubeObject, rule: KubeObject] => [
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { ...metadata('web'), annotations: { team: 'web' } },
    spec: {
      hosts: [HOST],
      gateways: [gateway],
      http: [
        {
          name: 'old',
          match: [{ uri: { prefix: '/old' } }],
          redirect: { uri: '/' },
        },
        {
          name: 'all',
          route: [{ destination: { host: HOST_NAME, subset: 'v1' } }],
          timeout: '7s',
          retries: { attempts: 2, perTryTimeout: '3s' },
        },
      ],
    },
  },
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: metadata('my-service'),
    spec: {
      host: HOST_NAME,
      trafficPolicy: { connectionPool: { tcp: { maxConnections: 500 } } },
      subsets: [{ name: 'v1', labels: { version: 'v1' } }],
    },
  },
];

/** The same service by the Gateway API. */
export const HTTP_ROUTE: KubeObject = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: metadata('site'),
  spec: {
    parentRefs: [{ name: 'edge', namespace: 'istio-system' }],
    hostnames: [HOST],
    rules: [
      {
        matches: [{ path: { value: '/old' } }],
        filters: [{ type: 'RequestRedirect', requestRedirect: { statusCode: 301 } }],
      },
      { backendRefs: [{ name: 'my-service-v1', port: 80 }] },
    ],
  },
};
