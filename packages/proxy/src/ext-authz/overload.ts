/** What a gateway is told beyond `limits.requests`: its client gets the stable version, and no error. */
import type { Answer } from '../answer/answer.ts';
import { color } from '../color.ts';
import { type EdgeParts, turnAway } from '../pipeline.ts';
import { Refusal } from '../refusal.ts';
import { sanitize } from '../sanitize.ts';
import type { Check } from './check.ts';

/** A shared cache must not keep a page for those who would have got another version. */
const ANSWER: Answer = { setCookie: undefined, explain: undefined, marking: 'private', vary: [] };

/**
 * Nothing is identified, decided or waited for. What claims to be Tinct's is removed all the same, and without a
 * routing header the routes lead to the stable version.
 */
export function answerStable(edge: EdgeParts<Check>, check: Check): void {
  const view = edge.views.of(edge.plans.current());
  const request = sanitize(check, view, edge.visitors.names);
  if (request instanceof Refusal) return turnAway(edge, check, request);
  const colored = { request: color(request, [], view), decisions: [] };
  edge.outlet.forward(check, colored, ANSWER, (outcome) => {
    const { status } = outcome;
    edge.onServed?.({ exchange: check, decisions: [], status, outcome });
  });
}
