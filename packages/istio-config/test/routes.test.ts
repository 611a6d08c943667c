import { renderDocument, routes, routing } from '@tinct/istio-config';
import { findingComments, goldens, planOf } from './stages.ts';

goldens('routes', (text) => renderDocument(routes(planOf(text))));

goldens('routing', (text) => {
  const { routing: of, findings } = routing(planOf(text));
  return `${findingComments(findings)}${renderDocument(of)}`;
});
