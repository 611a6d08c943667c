/** The HTTP form: the check is the request itself, the answer's status and headers say what to do with it. */
import { STATUS_CODES } from 'node:http';
import { rawHeaderValues } from '@tinct/sdk';
import { refuse } from '../answer/refuse.ts';
import type { Exchange, RequestHead } from '../exchange.ts';
import { refusal } from '../refusal.ts';
import type { Verdict } from './check.ts';
import type { Asked } from './checks.ts';
import { type GatewayGuard, SECRET_HEADER } from './gateway.ts';

/** Envoy takes these, separated by commas, out of the request. */
const REMOVE = 'x-envoy-auth-headers-to-remove';

export interface HttpOptions {
  readonly guard: GatewayGuard;
  readonly ask: (asked: Asked) => void;
}

/** Envoy takes 5xx for a server that failed, and may go on without it. */
const statusFor = (status: number): number => (status < 500 ? status : 405);

/** Upgrades are between client and gateway. */
const APART = /^upgrade$/i;

function headOf({ req }: Exchange): RequestHead {
  const { method, url, httpVersion } = req;
  const isApart = (i: number) => APART.test(req.rawHeaders[i - (i % 2)] ?? '');
  return { method, url, httpVersion, rawHeaders: req.rawHeaders.filter((_, i) => !isApart(i)) };
}

/** `SECRET`, or `SECRET ADDRESS`: where the gateway's peer is, which only who knows the secret can say. */
function shownBy({ req }: Exchange) {
  const shown = rawHeaderValues(req.rawHeaders)(SECRET_HEADER).map((value) => value.split(' '));
  const [[, source] = []] = shown;
  return { secrets: shown.map(([secret = '']) => secret), source };
}

function reply({ res }: Exchange, verdict: Verdict): void {
  if (verdict.kind === 'denied') {
    const { status, headers, body } = verdict;
    const length = ['content-length', `${Buffer.byteLength(body)}`];
    res.writeHead(status, STATUS_CODES[status] ?? '', [...headers.flat(), ...length]).end(body);
    return;
  }
  const { changes, response } = verdict;
  const removed = changes.remove.length === 0 ? [] : [REMOVE, changes.remove.join(',')];
  // The gateway adds; it can't replace.
  const added = response.filter(({ how }) => how !== 'replace').flatMap(({ header }) => header);
  res
    .writeHead(200, 'OK', [...changes.set.flat(), ...removed, ...added, 'content-length', '0'])
    .end();
}

/** Serves the requests of a front whose peers are gateways. */
export function httpChecks({ guard, ask }: HttpOptions) {
  return (exchange: Exchange): void => {
    const { secrets, source } = shownBy(exchange);
    // Not 401: the gateway would hand that on to its client, instead of doing without.
    if (!guard.admits({ secrets, isCertified: exchange.trusted }))
      return refuse(exchange, refusal('TINCT_AUTHZ_STRANGER'));
    exchange.req.resume();
    ask({
      head: headOf(exchange),
      source: guard.hasSecrets ? source : undefined,
      statusFor,
      gone: () => exchange.gone(),
      answer: (verdict) => reply(exchange, verdict),
    });
  };
}
