/** Tinct in services. */
import { type ErrorEntry, error, warning } from './entry.ts';

export const SDK = {
  TINCT_SDK_OPTION_MALFORMED: error(
    'An option of the middleware that does not fit',
    'The value of an option of `createTinct`, or of a variable that stands for one, means nothing.',
    'Write what the message names.',
  ),
  TINCT_SDK_TRUST_MISSING: warning(
    'Nobody is said to be trusted',
    'Without `trust` the service believes no color that a request brings: anyone could have sent it.',
    "Write `trust: 'mesh'` where something in front removes what clients send, `trust: { cidr: ['10.0.0.0/8'] }` where only these peers are to be believed, or `trust: 'none'`.",
  ),
  TINCT_SDK_COLOR_REFUSED: warning(
    'A color that a request brings is not believed',
    'A trusted peer sent a decision header, a routing header or a baggage member twice, or in a form that is none.',
    'Look at what stands in front of the service: each color is written exactly once. The request goes on as if it had none.',
  ),
  TINCT_SDK_PLAN_MISSING: warning(
    'A request is not decided',
    'The service decides by a plan, and none has come into force yet. The request goes on without a decision.',
    'Look at why the plan was refused: the line before this one says it.',
  ),
  TINCT_SDK_PLAN_REFUSED: warning(
    'A plan was not taken',
    'What was read is no plan that may replace the one in force, or it could not be read.',
    'Mend what the message names; the plan in force stays until then.',
  ),
  TINCT_SDK_FAILED: warning(
    'Something failed beside a request',
    'The middleware, or something that was hooked into it, threw. The request went on without it.',
    'Look at the cause that is named. If it lies in Tinct, please report it.',
  ),
  TINCT_SDK_PEER_UNKNOWN: warning(
    'The address of a peer is not known',
    'Peers are trusted by their address, and here the framework does not tell it: the request is not believed.',
    "Trust by address only where a socket is seen; elsewhere write `trust: 'mesh'` or `trust: 'none'`.",
  ),
  TINCT_SDK_COPIES_DIFFER: warning(
    'Two versions of @tinct/sdk in one process',
    'Copies of the package share one context, but these two do not understand each other: what one keeps, the other does not see.',
    'Bring all dependants to one version: `npm ls @tinct/sdk` shows them.',
  ),
} as const satisfies Record<string, ErrorEntry>;
