import type { Finding } from '@tinct/core';
import type { Where } from '../routes/of-plan.ts';
import type { Document } from './document.ts';

export type Target = 'istio' | 'gateway-api';

/** What a call within the mesh is recognised by: its header, or the baggage member too. */
export type Carrier = 'header' | 'both';

export interface GenerateOptions {
  /** Istio's own objects by default. */
  readonly target?: Target;
  /** Both by default. */
  readonly for?: Where;
  /** By default both for Istio; the Gateway API knows headers alone. */
  readonly carrier?: Carrier;
  /** Whether the gateways that the plan names are made too. */
  readonly withGateways?: boolean;
  /** Releases that nobody is to get, whatever color a request carries. */
  readonly abort?: readonly string[];
  /** Whether requests without a color are shared by weight; not sticky. */
  readonly weighted?: boolean;
}

export interface Generated {
  readonly documents: readonly Document[];
  /** With an error among them, the documents are not to be used. */
  readonly findings: readonly Finding[];
}
