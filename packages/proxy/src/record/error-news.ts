import type { Fingerprint } from '@tinct/core';

/** The first error of its kind, in a variant that is not stable. */
export interface EdgeErrorNews extends Fingerprint {
  readonly release: string;
  readonly variant: string;
  /** What the edge was told of it, cut to 500 characters. */
  readonly sample: string;
  readonly traceId: string | undefined;
}
