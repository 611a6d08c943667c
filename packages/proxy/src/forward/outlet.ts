/** How the reverse proxy ends a request: by its own answer, or by the service's. */

import { refuse } from '../answer/refuse.ts';
import type { Exchange } from '../exchange.ts';
import type { Outlet } from '../pipeline.ts';
import type { Outcome } from '../record/recorder.ts';
import type { Redirect } from '../visitor/follow.ts';
import { forward, type Passage } from './forward.ts';
import { nextHop } from './max-forwards.ts';
import type { Upstreams } from './upstreams.ts';

function redirect(exchange: Exchange, { headers }: Redirect): void {
  if (!exchange.gone()) exchange.res.writeHead(303, 'See Other', headers).end();
}

/** As the last recipient of an OPTIONS request: there is nothing to say of the resource. */
function answerOptions(exchange: Exchange, done: (outcome: Outcome) => void): void {
  if (!exchange.gone()) exchange.res.writeHead(204, 'No Content', []).end();
  done({ status: 204, fault: undefined, ms: exchange.elapsed() });
}

export function upstreamOutlet(upstreams: Upstreams, passage: Passage): Outlet<Exchange> {
  return {
    refuse,
    redirect,
    forward(exchange, { request, decisions }, answer, done) {
      const next = nextHop(request);
      if (next === undefined) return answerOptions(exchange, done);
      const { upstream, direct } = upstreams.of(decisions, request);
      const settled = (outcome: Outcome) =>
        done(direct === undefined ? outcome : { ...outcome, direct });
      forward(next, upstream, exchange, answer, passage, settled);
    },
  };
}
