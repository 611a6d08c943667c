/**
 * A request's way through the edge, as one sentence: sanitize → identify → decide → color → forward → record.
 * `docs/lifecycle.md` draws it with every exit.
 */
import {
  decideAll,
  identify,
  type PlanStore,
  type PlanView,
  type PlanViews,
  rawHeaderValues,
} from '@tinct/sdk';
import { color } from './color.ts';
import type { Exchange } from './exchange.ts';
import { forward } from './forward/forward.ts';
import type { Upstreams } from './forward/upstreams.ts';
import type { EdgeOptions } from './options.ts';
import type { Recorder } from './record/recorder.ts';
import { Refusal, refuse } from './refusal.ts';
import { type CleanRequest, sanitize } from './sanitize.ts';
import { follow, linkOf } from './visitor/follow.ts';
import type { OverrideLink } from './visitor/overrides.ts';
import type { Proof, Visitors } from './visitor/visitors.ts';

/** What the edge is made of; its composition root is `edge.ts`. */
export interface EdgeParts {
  readonly plans: Pick<PlanStore, 'current'>;
  readonly views: PlanViews;
  readonly visitors: Visitors;
  readonly upstreams: Upstreams;
  readonly recorder: Recorder;
  readonly onServed: EdgeOptions['onServed'];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export function serve(edge: EdgeParts, exchange: Exchange): void {
  // One plan for the whole request: a plan that changes meanwhile concerns the next one.
  const view = edge.views.of(edge.plans.current());

  const request = sanitize(exchange, view, edge.visitors.names);
  if (request instanceof Refusal) return turnAway(edge, exchange, request);
  const link = linkOf(request, edge.visitors);
  if (link !== undefined) return void lead(edge, exchange, link);
  const proof = edge.visitors.prove(request, exchange, view);
  if (proof instanceof Promise)
    void proof.then((late) => decideAndForward(edge, exchange, view, request, late));
  else decideAndForward(edge, exchange, view, request, proof);
}

/** What is left of the sentence when everything that was signed has been checked. */
function decideAndForward(
  edge: EdgeParts,
  exchange: Exchange,
  view: PlanView,
  request: CleanRequest,
  proof: Proof,
): void {
  // Nobody hears of a client that left before this: it must not reach the service.
  if (exchange.gone()) return answered(edge, exchange, 0);
  const { visitors, upstreams } = edge;
  const asked = rawHeaderValues(request.headers);
  const who = identify(asked, exchange.trusted, view, proof, visitors.failures.add);
  const decided = decideAll(request, who, view, edge.now());
  const { decisions } = decided;
  const outbound = color(request, decisions, view);
  const { method } = request;
  const answer = visitors.answer(proof, decided, view, { method, raw: exchange.req.rawHeaders });
  forward(outbound, upstreams.of(decisions, request), exchange, answer, (outcome) => {
    edge.recorder.record(decisions, outcome);
    edge.onServed?.({ exchange, decisions, status: outcome.status, outcome });
  });
}

function turnAway(edge: EdgeParts, exchange: Exchange, refused: Refusal): void {
  edge.recorder.refused();
  refuse(exchange, refused);
  answered(edge, exchange, refused.status);
}

/** A tester's link is answered here. */
async function lead(edge: EdgeParts, exchange: Exchange, link: OverrideLink): Promise<void> {
  const refused = await follow(exchange, link, edge.visitors, edge.now());
  if (refused === undefined) answered(edge, exchange, 303);
  else turnAway(edge, exchange, refused);
}

/** By the edge itself. */
function answered({ onServed }: EdgeParts, exchange: Exchange, status: number): void {
  onServed?.({ exchange, decisions: [], status, outcome: undefined });
}
