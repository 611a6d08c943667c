import type { ServiceRouting } from '../../routes/routing.ts';
import { type Document, document, ownName } from '../document.ts';

/** The subsets that routes name. Written before any route that names them: a route without its subset answers 503. */
export function destinationRule({ host, name, namespace, subsets }: ServiceRouting): Document {
  return document(
    ['networking.istio.io/v1', 'DestinationRule'],
    { name: ownName(name), namespace },
    { host, subsets: subsets.map(({ name, labels }) => ({ name, labels })) },
  );
}
