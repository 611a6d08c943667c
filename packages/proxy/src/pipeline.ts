/**
 * A request's way through the edge, as one sentence: sanitize → identify → decide → color → forward → record.
 * `docs/lifecycle.md` draws it with every exit.
 */
import type { PlanStore } from '@tinct/sdk';
import { color } from './color.ts';
import { decideAll } from './decide.ts';
import type { Exchange } from './exchange.ts';
import { forward } from './forward/forward.ts';
import type { Upstreams } from './forward/upstreams.ts';
import { identify } from './identify.ts';
import type { EdgeOptions } from './options.ts';
import type { PlanViews } from './plan-view.ts';
import type { Recorder } from './record/recorder.ts';
import { Refusal, refuse } from './refusal.ts';
import { sanitize } from './sanitize.ts';

/** What the edge is made of; its composition root is `edge.ts`. */
export interface EdgeParts {
  readonly plans: Pick<PlanStore, 'current'>;
  readonly views: PlanViews;
  readonly upstreams: Upstreams;
  readonly recorder: Recorder;
  readonly onServed: EdgeOptions['onServed'];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export function serve(edge: EdgeParts, exchange: Exchange): void {
  // One plan for the whole request: a plan that changes meanwhile concerns the next one.
  const view = edge.views.of(edge.plans.current());

  const request = sanitize(exchange, view);
  if (request instanceof Refusal) {
    edge.recorder.refused();
    refuse(exchange, request);
    return edge.onServed?.({ exchange, decisions: [], status: request.status, outcome: undefined });
  }
  const who = identify(request, exchange.trusted, view);
  const decisions = decideAll(request, who, view, edge.now());
  const outbound = color(request, decisions, view);
  forward(outbound, edge.upstreams.of(decisions), exchange, (outcome) => {
    edge.recorder.record(decisions, outcome);
    edge.onServed?.({ exchange, decisions, status: outcome.status, outcome });
  });
}
