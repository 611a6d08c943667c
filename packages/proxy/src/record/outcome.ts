/** How a forwarded request ended, and what that counts as. Pure. */
import { type ErrorCause, GRPC_ERRORS, RESPONSE_CLASSES, type ResponseClass } from '@tinct/core';
import type { Refusal } from '../refusal.ts';
import type { Reached } from './answered.ts';

export interface Outcome extends Reached {
  /** What the client got; 0 if it left before. */
  readonly status: number;
  /** Who ended it before its time. */
  readonly fault: 'upstream' | 'client' | undefined;
  readonly ms: number;
  /** Milliseconds from its connection to the head of the service's answer. */
  readonly firstByteMs?: number | undefined;
  /** gRPC's status, from the trailers or the head. */
  readonly grpcStatus?: number | undefined;
  /** Why the upstream's answer is not there, or not whole; what the client was told if there was none. */
  readonly refused?: Refusal | undefined;
  /** What came of it in this process; not for clients. */
  readonly cause?: Error | undefined;
  /** False: the gateway that asked has sent the request on, and nobody here sees what becomes of it. */
  readonly isSeen?: false;
}

export function classOf({ status, fault, isSeen }: Outcome): ResponseClass {
  if (isSeen === false) return 'unseen';
  if (fault === 'client') return 'abandoned';
  return fault === 'upstream' ? '5xx' : (RESPONSE_CLASSES[Math.floor(status / 100) - 1] ?? '5xx');
}

/** What makes it an error; `undefined`: it is none. */
export function causeOf({ status, fault, isSeen, grpcStatus }: Outcome): ErrorCause | undefined {
  if (isSeen === false || fault === 'client') return undefined;
  if (fault === 'upstream') return 'upstream';
  if (status >= 500) return 'status';
  return grpcStatus !== undefined && GRPC_ERRORS.has(grpcStatus) ? 'grpc' : undefined;
}
