/** The Gateway API knows no subsets: each version has a Service of its own. */
import type { ServiceRouting, Subset } from '../../routes/routing.ts';
import { type Document, document } from '../document.ts';

/** `my-service-v2`. */
export const versionName = ({ name }: Pick<ServiceRouting, 'name'>, subset: string): string =>
  `${name}-${subset}`;

/** A Service per subset: what the service selects, and the subset's labels. */
export function versionServices(service: ServiceRouting): Document[] {
  return service.subsets.map((subset) => versionService(service, subset));
}

function versionService(service: ServiceRouting, { name, labels }: Subset): Document {
  const { namespace, selector, port, targetPort, protocol } = service;
  return document(
    ['v1', 'Service'],
    { name: versionName(service, name), namespace },
    { selector: { ...selector, ...labels }, ports: [{ name: protocol, port, targetPort }] },
  );
}
