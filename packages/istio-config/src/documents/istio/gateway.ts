import type { Entrance, Gateway } from '../../routes/routing.ts';
import { type Document, document } from '../document.ts';

/** A gateway for those who have none yet: plain HTTP on port 80, by Istio's own ingress pods. */
export function istioGateway(
  { name, namespace }: Gateway,
  entrances: readonly Entrance[],
): Document {
  const hosts = entrances.map(({ host }) => host);
  const server = { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts };
  const spec = { selector: { istio: 'ingressgateway' }, servers: [server] };
  return document(['networking.istio.io/v1', 'Gateway'], { name, namespace }, spec);
}
