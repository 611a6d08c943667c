/** What a service may ask of a request's decisions. */
import type { Arm, Reason } from '@tinct/core';
import type { Colors } from '../color/colors.ts';

/** What is known of one release in this request. */
export interface KnownDecision {
  readonly release: string;
  readonly variant: string;
  /** As the one who decided wrote it. */
  readonly reason: Reason;
  readonly arm: Arm;
  /** Absent: the color came by routing header or baggage alone. */
  readonly revision: number | undefined;
  readonly epoch: number | undefined;
}

/** Where a request's decisions come from. */
export type Origin =
  /** The decision header of a trusted peer. */
  | 'decision'
  /** Routing headers of a trusted peer, without a decision header. */
  | 'routing'
  /** Baggage of a trusted peer, without either. */
  | 'baggage'
  /** Decided here. */
  | 'plan'
  | 'none';

/** What a request carries while it is served. Frozen; requests with the same colors may share one. */
export interface RequestContext {
  readonly decisions: ReadonlyMap<string, KnownDecision>;
  /** What goes on with every outbound call to an allowed host. */
  readonly colors: Colors;
  readonly origin: Origin;
}
