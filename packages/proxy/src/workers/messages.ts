/** What a crew and its workers say to each other. */
import type { ErrorReport, FingerprintData } from '@tinct/core';
import type { KeySet, PlanText } from '@tinct/sdk';
import type { EdgeOptions } from '../options.ts';

/** A plan with its lists. Their memory is shared, not copied. */
export interface PlanMessage {
  readonly text: PlanText;
  readonly lists: readonly (readonly [key: string, data: FingerprintData])[];
}

/** What of an edge's options can be handed to a thread: all but what is called. */
export type WorkerOptions = Omit<
  EdgeOptions,
  | 'plan'
  | 'loadLists'
  | 'ledger'
  | 'signal'
  | 'killed'
  | 'now'
  | 'onServed'
  | 'onUnreadable'
  | 'onNewError'
  | 'onAccepted'
  | 'onRefused'
  | 'onTlsRefused'
>;

/** What a worker begins with. */
export interface WorkerStart {
  readonly options: WorkerOptions;
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
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };
