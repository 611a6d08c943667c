/** How the reverse proxy ends a request: by its own answer, or by the service's. */

import { refuse } from '../answer/refuse.ts';
import type { Exchange } from '../exchange.ts';
import type { Outlet } from '../pipeline.ts';
import type { Outcome } from '../record/recorder.ts';
import type { Redirect } from '../visitor/follow.ts';
import { forward, type Passage } from './forward.ts';
import type { Upstreams } from './upstreams.ts';

function redirect({ res, gone }: Exchange, { headers }: Redirect): void {
  if (!gone()) res.writeHead(303, 'See Other', headers).end();
}

export function upstreamOutlet(upstreams: Upstreams, passage: Passage): Outlet<Exchange> {
  return {
    refuse,
    redirect,
    forward(exchange, { request, decisions }, answer, done) {
      const { upstream, direct } = upstreams.of(decisions, request);
      const settled = (outcome: Outcome) =>
        done(direct === undefined ? outcome : { ...outcome, direct });
      forward(request, upstream, exchange, answer, passage, settled);
    },
  };
}
