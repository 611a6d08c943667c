/** Where Tinct does what neither nginx nor HAProxy does, and why. docs/differences.md shows these tables. */
import type { Case } from './case.ts';
import type { Aspect } from './compare.ts';

export interface Addition {
  readonly name: string;
  readonly why: string;
}

/** Headers that the edge of the test adds to each request. */
export const ADDED_TO_REQUESTS: readonly Addition[] = [
  { name: 'x-tinct-my-service', why: 'the routing header of the release `my-service`' },
  { name: 'x-tinct-decision', why: 'what was decided, and why' },
  { name: 'baggage', why: 'the decision as a W3C baggage member' },
  { name: 'x-forwarded-for', why: 'the client’s address' },
  { name: 'x-forwarded-proto', why: 'how the client came' },
  { name: 'x-forwarded-host', why: 'the host that the client asked for' },
];

/** Headers that the edge of the test adds to answers that have none. */
export const ADDED_TO_ANSWERS: readonly Addition[] = [
  { name: 'date', why: 'RFC 9110, 6.6.1: a recipient with a clock adds it; nginx does, too' },
];

export interface Difference {
  readonly id: string;
  readonly aspect: Aspect;
  readonly what: string;
  readonly why: string;
  /** Whether an exchange is one of those that differ so. */
  readonly holds: (exchange: Case) => boolean;
}

const path = ({ request }: Case): string =>
  (request.target.split('?')[0] as string).replace(/^http:\/\/[^/]*/, '');

/** Whether the path leads above the root when its dots are taken for what they mean, encoded or not. */
function climbs(exchange: Case): boolean {
  let depth = 0;
  for (const segment of decoded(path(exchange))
    .split('/')
    .filter((part) => part !== '' && part !== '.')) {
    depth += segment === '..' ? -1 : 1;
    if (depth < 0) return true;
  }
  return false;
}

const decoded = (text: string): string => text.replace(/%2e/gi, '.').replace(/%2f/gi, '/');

/** What nginx answers with 400. */
const nginxRefuses = (exchange: Case): boolean =>
  climbs(exchange) || path(exchange).includes('%00');

/** What HAProxy 2.6 answers with 413. */
const haproxyRefuses = ({ request: { method, version, body } }: Case): boolean =>
  version === '1.0' && body.framing !== 'none' && ['GET', 'HEAD', 'DELETE'].includes(method);

export const DIFFERENCES: readonly Difference[] = [
  {
    id: 'absolute-form',
    aspect: 'target',
    what: 'A target in absolute form (`GET http://shop.example/…`) is sent on in origin form. nginx does the same, but refuses paths that hold `%00` or climb above the root; HAProxy sends the absolute form.',
    why: 'RFC 9112, 3.2.1: a service that is asked directly gets the origin form.',
    holds: (exchange) => exchange.request.target.startsWith('http:') && nginxRefuses(exchange),
  },
  {
    id: 'expect',
    aspect: 'expect',
    what: '`Expect: 100-continue` is answered by the edge once there is a connection to the service, and not sent on. nginx does the same, but refuses paths that hold `%00` or climb above the root; HAProxy leaves the answer to the service.',
    why: 'RFC 9110, 10.1.1 lets a proxy answer. The edge streams the body, so the service may still refuse it by an early answer.',
    holds: (exchange) => exchange.request.expects && nginxRefuses(exchange),
  },
  {
    id: 'refused-by-both',
    aspect: 'reaches the service',
    what: 'A request is sent on that nginx and HAProxy refuse, each for a reason of its own: nginx a path that holds `%00` or climbs above the root, HAProxy an HTTP/1.0 request with a body whose method rarely has one.',
    why: 'Both are valid by RFC 3986 and RFC 9110, 9.3.1; what they mean is for the service to say.',
    holds: (exchange) => nginxRefuses(exchange) && haproxyRefuses(exchange),
  },
];
