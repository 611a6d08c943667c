/** One plan and its routes, as most scenarios need them: a service with two versions behind a gateway. */
import type { KubeObject } from './kube.ts';

export const HOST = 'shop.example';
export const MY_SERVICE = 'my-service.shop.svc.cluster.local';
export const COLOR = 'x-tinct-my-service';

export interface PlanParts {
  readonly revision?: number;
  readonly cohorts?: string;
  /** YAML, one rule a line. */
  readonly rules?: readonly string[];
}

/** The release `my-service`: user 123 gets v2, everyone else v1, unless other rules are given. */
export const planText = ({
  revision = 1,
  cohorts = '{}',
  rules = ['{ users: ["123"], variant: v2 }'],
}: PlanParts = {}): string => `apiVersion: tinct.dev/v1
kind: Plan
metadata: { name: shop, revision: ${revision} }
identity:
  - { unit: user, header: user-id }
cohorts: ${cohorts}
releases:
  my-service:
    stable: v1
    scope: { hosts: [${HOST}] }
    services:
      my-service:
        host: ${MY_SERVICE}
        subsets: { v1: { version: v1 }, v2: { version: v2 } }
    rules:
${rules.map((rule) => `      - ${rule}\n`).join('')}`;

export interface RouteParts {
  /** `istio-system/edge`, or `mesh`. */
  readonly gateway: string;
  readonly name?: string;
  readonly hosts?: readonly string[];
}

export const destinationRule = (): KubeObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'DestinationRule',
  metadata: { name: 'tinct-my-service', namespace: 'shop' },
  spec: {
    host: MY_SERVICE,
    subsets: ['v1', 'v2'].map((version) => ({ name: version, labels: { version } })),
  },
});

/** A match for each variant, stable too; what has no color is stable's. */
export const virtualService = ({
  gateway,
  name = 'tinct-my-service',
  hosts = [HOST],
}: RouteParts): KubeObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name, namespace: 'shop' },
  spec: {
    hosts,
    gateways: [gateway],
    http: [
      ...['v1', 'v2'].map((variant) => ({
        match: [{ headers: { [COLOR]: { exact: variant } } }],
        ...routeTo(variant),
      })),
      routeTo('v1'),
    ],
  },
});

const routeTo = (subset: string) => ({
  route: [{ destination: { host: MY_SERVICE, subset } }],
  headers: { response: { set: { 'x-tinct-routed': `my-service=${subset}` } } },
});

/** A user's request for the shop. */
export const by = (user?: string, more: Readonly<Record<string, string | string[]>> = {}) => ({
  headers: { host: HOST, ...(user === undefined ? {} : { 'user-id': user }), ...more },
});
