/** What a crew and its workers say to each other. */
import type { ErrorReport, FingerprintData } from '@tinct/core';
import type { KeySet, PlanText } from '@tinct/sdk';
import type { ExtAuthzOptions } from '../ext-authz/options.ts';
import type { EdgeOptions } from '../options.ts';

/** A plan with its lists. Their memory is shared, not copied. */
export interface PlanMessage {
  readonly text: PlanText;
  readonly lists: readonly (readonly [key: string, data: FingerprintData])[];
}

/** What is called, and what is the crew's own: it cannot be handed to a thread, or must not be. */
export const KEPT = [
  'plan',
  'loadLists',
  'ledger',
  'signal',
  'killed',
  'now',
  'onServed',
  'onUnreadable',
  'onNewError',
  'onAccepted',
  'onRefused',
  'onMended',
  'onIssuer',
  'onTlsRefused',
] as const satisfies readonly (keyof EdgeOptions)[];

/** What of an engine's options is handed to a thread. */
export type Handed<O> = Omit<O, (typeof KEPT)[number]>;

/** What a worker is. */
export type Job =
  | { readonly kind: 'edge'; readonly options: Handed<EdgeOptions> }
  | { readonly kind: 'ext-authz'; readonly options: Handed<ExtAuthzOptions> };

/** What a worker begins with. */
export interface WorkerStart {
  readonly job: Job;
  readonly killed: ReadonlyMap<string, number>;
  readonly plan: PlanMessage | undefined;
  /** Whether it writes a line for each request. */
  readonly logsRequests: boolean;
}

/** What a worker is told to do. */
export type Order =
  | { readonly kind: 'plan'; readonly plan: PlanMessage }
  | { readonly kind: 'kill'; readonly release: string; readonly epoch: number }
  | { readonly kind: 'keys'; readonly keys: KeySet | undefined }
  | { readonly kind: 'secrets'; readonly secrets: readonly string[] }
  /** From now on it keeps examples of traces. */
  | { readonly kind: 'examples' }
  /** Says that it is there. */
  | { readonly kind: 'ping' }
  | { readonly kind: 'retire' }
  | { readonly kind: 'close' };

export interface Numbered {
  readonly id: number;
  readonly order: Order;
}

/** What a worker says. */
export type Report =
  | { readonly kind: 'listens'; readonly host: string; readonly port: number; readonly url: string }
  /** It did what it was told, and that is in force. */
  | { readonly kind: 'done'; readonly id: number }
  /** A row of its ledger, in shared memory. */
  | { readonly kind: 'row'; readonly name: string; readonly cells: Float64Array }
  /** A sketch of different keys, in shared memory. */
  | { readonly kind: 'sketch'; readonly name: string; readonly registers: Uint8Array }
  /** It has no use for that sketch any more. */
  | { readonly kind: 'forgotten'; readonly name: string }
  /** Its errors of the last hour, by release. */
  | { readonly kind: 'errors'; readonly reports: ReadonlyMap<string, ErrorReport> }
  | { readonly kind: 'line'; readonly line: string }
  | { readonly kind: 'tlsRefused'; readonly message: string }
  /** What became of an issuer's keys; without a message they are there again. */
  | { readonly kind: 'issuer'; readonly url: string; readonly message: string | undefined }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };
