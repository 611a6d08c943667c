/** The framework-neutral seam: what an adapter hands in, and what it gets back. */
import type { RequestContext } from '../context/types.ts';
import type { Peer } from '../trust/trusted-hops.ts';

/** A request, or a message, as an adapter sees it. */
export interface Incoming {
  /** Names and values in turn, each header as often as it came; `Headers` of the Fetch API can only give them joined. */
  readonly rawHeaders: readonly string[];
  /** The other end of the connection; Node's `Socket` is one. `undefined`: not to be known here. */
  readonly peer: Peer | undefined;
  readonly method: string;
  /** With or without its port. */
  readonly host: string;
  /** With or without its query. */
  readonly path: string;
}

/** How a request ended. */
export interface Outcome {
  /** Of the response; 0 when there was none. */
  readonly status: number;
  readonly durationMs: number;
}

/** A request that has been looked at. Its functions are called on it: `entered.run(…)`. */
export interface Entered {
  readonly context: RequestContext;
  /** To be added to the response; a `set-cookie` stands beside others, never in their place. */
  readonly responseHeaders: readonly (readonly [name: string, value: string])[];
  /** What shared caches have to be told when the response's head is complete; absent: nothing. */
  readonly marking?: CacheMarking | undefined;
  /** Runs a function, and all that it begins, in the request's context. Throws what the function throws. */
  run<T>(fn: () => T): T;
  /** Tells observers how it ended; absent when nobody observes. */
  finished?(outcome: Outcome): void;
}

export interface CacheMarking {
  readonly kind: 'private' | 'vary';
  /** What `Vary` names. */
  readonly vary: readonly string[];
}

/** What hears of requests: metrics, traces. What it throws is counted and goes no further. */
export interface Observer {
  entered?(context: RequestContext, incoming: Incoming): void;
  finished?(context: RequestContext, incoming: Incoming, outcome: Outcome): void;
  /** An outbound call. `colored`: whether colors went with it. */
  sent?(context: RequestContext | undefined, call: { host: string; colored: boolean }): void;
}
