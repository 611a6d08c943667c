/** Values that labels of several metrics have. Closed sets: nobody's request adds one. */
import type { Arm } from '../decide/types.ts';

/** Classes of answers: by status, what the client gave up, and what a gateway has sent on. A response that broke off counts as 5xx. */
export const RESPONSE_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx', 'abandoned', 'unseen'] as const;
export type ResponseClass = (typeof RESPONSE_CLASSES)[number];

/** What makes a request an error: its status, a service that could not be reached or broke off, gRPC's status. */
export const ERROR_CAUSES = ['status', 'upstream', 'grpc'] as const;
export type ErrorCause = (typeof ERROR_CAUSES)[number];

/** Whether the release's own service answered. */
export const REACHES = ['service', 'unknown'] as const;
export type Reach = (typeof REACHES)[number];

/** Whether the version that answered is the one that was assigned. */
export const MATCHES = ['match', 'mismatch', 'unknown'] as const;
export type Match = (typeof MATCHES)[number];

export const ARMS: readonly Arm[] = ['canary', 'control', 'other'];

/** gRPC's statuses that are the service's fault: UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS. */
export const GRPC_ERRORS: ReadonlySet<number> = new Set([2, 4, 12, 13, 14, 15]);

/** How long what left the plan is still there to be read, in milliseconds: longer than between two scrapes. */
export const GRACE_MS = 5 * 60_000;

/** Into how many slices, by their hash, control's units are divided. */
export const SLICES = 32;
