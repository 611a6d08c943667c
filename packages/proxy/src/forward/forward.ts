import { type Answer, dress } from '../answer/answer.ts';
import type { ColoredRequest } from '../color.ts';
import { type Exchange, LINGER_MS } from '../exchange.ts';
import type { Outcome } from '../record/recorder.ts';
import { RequestBody } from './body.ts';
import type { Upstream } from './client/contract.ts';
import { mayRetry } from './faults.ts';
import { requestHeaders } from './heads.ts';
import { Relay } from './relay.ts';

/** An answer that came before the whole request: the client gets time to read it, not to send on for ever. */
function linger(exchange: Exchange): void {
  const { req, res } = exchange;
  res.on('finish', () => {
    if (req.complete) return;
    const timer = setTimeout(() => exchange.hush(), LINGER_MS).unref();
    req.once('close', () => clearTimeout(timer));
  });
}

/** What holds for everything that passes. */
export interface Passage {
  /** How long a request's body may be; 0 is any length. */
  readonly bodyBytes: number;
  /** By what name the edge says that it was on the way (RFC 9110, 7.6.3); undefined: it doesn't. */
  readonly via: string | undefined;
  /** How long all of it may take, in milliseconds; 0 is any time. */
  readonly totalMs: number;
}

/** Sends a request to an upstream and its response to the client; `settled` hears once how it ended. */
export function forward(
  request: ColoredRequest,
  upstream: Upstream,
  exchange: Exchange,
  answer: Answer,
  { bodyBytes, via, totalMs }: Passage,
  ended: (outcome: Outcome) => void,
): void {
  const { res, req } = exchange;
  const timer = totalMs === 0 ? undefined : setTimeout(() => relay.expire(), totalMs).unref();
  const settled = (outcome: Outcome) => {
    clearTimeout(timer);
    ended(outcome);
  };
  const { method, path, hasBody } = request;
  const headers = requestHeaders(request, exchange);
  if (via !== undefined) headers.push('via', `${req.httpVersion} ${via}`);
  let relay: Relay;
  const send = (mayFail: boolean) => {
    relay = new Relay(exchange, {
      settled,
      dressed: (given, version) =>
        dress(via === undefined ? given : [...given, 'via', `${version} ${via}`], answer),
      retried(error, progress) {
        const again = mayFail && mayRetry(error, progress, method, hasBody);
        if (again) send(false);
        return again;
      },
    });
    const body = hasBody ? new RequestBody(req, bodyBytes) : null;
    const { wantsTrailers } = request;
    const upgrade = exchange.tunnel?.protocol;
    const trailers = () => request.cleanTrailers(req.rawTrailers);
    // A service that closed one idle connection has often closed all of them.
    const mayReuse = mayFail;
    const sent = { method, path, headers, body, trailers, wantsTrailers, upgrade, mayReuse };
    upstream.dispatch(sent, relay);
  };
  res.on('close', () => {
    if (!res.writableFinished) relay.abandon();
  });
  if (hasBody) linger(exchange);
  send(true);
}
