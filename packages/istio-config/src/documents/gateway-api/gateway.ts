import type { Gateway } from '../../routes/routing.ts';
import { type Document, document } from '../document.ts';

/** A gateway for those who have none yet: Istio makes its pods. Plain HTTP on port 80, routes of every namespace. */
export function apiGateway({ name, namespace }: Gateway): Document {
  const listener = {
    name: 'http',
    port: 80,
    protocol: 'HTTP',
    allowedRoutes: { namespaces: { from: 'All' } },
  };
  const spec = { gatewayClassName: 'istio', listeners: [listener] };
  return document(['gateway.networking.k8s.io/v1', 'Gateway'], { name, namespace }, spec);
}
