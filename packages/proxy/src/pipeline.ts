/**
 * A request's way through the edge, as one sentence: sanitize → identify → decide → color → forward → record.
 * `docs/lifecycle.md` draws it with every exit. Where it goes from here is the outlet's: a reverse proxy sends the
 * request on, an ext_authz server tells its gateway how to.
 */
import type { Decision } from '@tinct/core';
import {
  decideAll,
  identify,
  type PlanStore,
  type PlanView,
  type PlanViews,
  rawHeaderValues,
} from '@tinct/sdk';
import type { Answer } from './answer/answer.ts';
import { type ColoredRequest, color } from './color.ts';
import type { Inquiry } from './exchange.ts';
import type { Served } from './options.ts';
import type { Outcome, Recorder } from './record/recorder.ts';
import { Refusal } from './refusal.ts';
import { type CleanRequest, sanitize } from './sanitize.ts';
import type { Traced, Traces } from './traces/contract.ts';
import { follow, linkOf, type Redirect } from './visitor/follow.ts';
import type { OverrideLink } from './visitor/overrides.ts';
import type { Proof, Visitors } from './visitor/visitors.ts';

/** A request's three ends. Nobody may be left to answer; an outlet sees to that. */
export interface Outlet<E extends Inquiry> {
  readonly refuse: (exchange: E, refused: Refusal) => void;
  readonly redirect: (exchange: E, redirect: Redirect) => void;
  /** Calls `done` once, when it is known how the request ended. */
  readonly forward: (
    exchange: E,
    colored: Colored,
    answer: Answer,
    done: (outcome: Outcome) => void,
  ) => void;
}

/** What was decided of a request, and the request that carries it. */
export interface Colored {
  readonly request: ColoredRequest;
  readonly decisions: readonly Decision[];
}

/** What the edge is made of; its composition root is `edge.ts`. */
export interface EdgeParts<E extends Inquiry> {
  readonly plans: Pick<PlanStore, 'current'>;
  readonly views: PlanViews;
  readonly visitors: Visitors;
  readonly outlet: Outlet<E>;
  readonly recorder: Recorder;
  /** Absent: nothing is traced. */
  readonly traces?: Traces | undefined;
  readonly onServed: ((served: Served<E>) => void) | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export function serve<E extends Inquiry>(edge: EdgeParts<E>, exchange: E): void {
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
function decideAndForward<E extends Inquiry>(
  edge: EdgeParts<E>,
  exchange: E,
  view: PlanView,
  request: CleanRequest,
  proof: Proof,
): void {
  // Nobody hears of a client that left before this: it must not reach the service.
  if (exchange.gone()) return answered(edge, exchange, 0);
  const { visitors, outlet } = edge;
  const asked = rawHeaderValues(request.headers);
  const who = identify(asked, exchange.trusted, view, proof, visitors.failures.add);
  const decided = decideAll(request, who, view, edge.now(), proof.opened?.content.last);
  const { decisions } = decided;
  const traced = edge.traces?.begin(exchange, request, decisions);
  const colored = { request: traceable(color(request, decisions, view), traced), decisions };
  const { method } = request;
  const answer = visitors.answer(proof, decided, view, { method, raw: exchange.req.rawHeaders });
  const { releases, units, context } = decided;
  const order = edge.recorder.flips.next();
  const stored = proof.opened?.content.last ?? [];
  const { rawHeaders: headers } = exchange.req;
  const asker = { releases, units, context, stored, order, isNew: proof.visitor.isNew, headers };
  outlet.forward(exchange, colored, answer, (outcome) => {
    const isReached = edge.recorder.reached(decisions, outcome);
    edge.recorder.record(decisions, outcome, asker, isReached);
    const { status, refused } = outcome;
    traced?.end(outcome);
    edge.onServed?.({ exchange, decisions, status, outcome, isReached, refused, span: traced });
  });
}

/** The request as it goes on, in the trace that the edge is part of. */
const traceable = (request: ColoredRequest, traced: Traced | undefined): ColoredRequest =>
  traced === undefined ? request : { ...request, headers: traced.carry(request.headers) };

/** Answers a request with why it goes no further. */
export function turnAway<E extends Inquiry>(
  edge: EdgeParts<E>,
  exchange: E,
  refused: Refusal,
): void {
  edge.recorder.refused();
  edge.outlet.refuse(exchange, refused);
  answered(edge, exchange, refused.status, refused);
}

/** A tester's link is answered here. */
async function lead<E extends Inquiry>(
  edge: EdgeParts<E>,
  exchange: E,
  link: OverrideLink,
): Promise<void> {
  const led = await follow(link, edge.visitors, edge.now());
  if (led instanceof Refusal) return turnAway(edge, exchange, led);
  edge.outlet.redirect(exchange, led);
  answered(edge, exchange, 303);
}

/** By the edge itself. */
function answered<E extends Inquiry>(
  { onServed, traces }: EdgeParts<E>,
  exchange: E,
  status: number,
  refused?: Refusal,
): void {
  const span = traces?.answered(exchange, status, refused);
  onServed?.({ exchange, decisions: [], status, outcome: undefined, refused, span });
}
