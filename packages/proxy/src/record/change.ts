/** Why a unit's version is another than its last one. Pure. */
import type { Reason } from '@tinct/core';

/** What a unit was given, as far as a comparison needs it. */
export interface Seen {
  readonly variant: string;
  readonly revision: number;
  readonly epoch: number;
  readonly reason: Reason;
  /** Stands for what conditions saw; `undefined`: not known. */
  readonly attributes: string | undefined;
}

/**
 * Causes that explain a change. A list's version is part of the plan's revision. A login is another unit, compared with
 * nothing; so are overrides, which are a tester's own doing.
 */
export const CAUSES = ['revision', 'abort', 'attributes', 'memory'] as const;
export type Cause = (typeof CAUSES)[number];

/** Reasons whose decisions are compared with nothing. */
export const isPassing = (reason: Reason): boolean => reason === 'OVERRIDE';

const isKept = (reason: Reason): boolean => reason === 'STICKY' || reason === 'CONTINUITY';

/**
 * Why another version answered than last time, where it is known which ones did. What was decided explains it only if
 * that is another too: a unit that is assigned what it was and gets something else was thrown there.
 */
export function servedChangeOf(
  last: Seen & { readonly served: string },
  now: Seen & { readonly served: string },
  asks: boolean,
): Cause | 'flip' | undefined {
  if (last.served === now.served) return undefined;
  return changeOf(last, now, asks) ?? 'flip';
}

/** Why the decided version changed; `flip` if nothing explains it; `undefined` if it is the same. `asks`: whether conditions take part. */
export function changeOf(last: Seen, now: Seen, asks: boolean): Cause | 'flip' | undefined {
  if (last.variant === now.variant) return undefined;
  const isAborted = now.reason === 'DISABLED' || last.reason === 'DISABLED';
  if (isAborted || now.epoch !== last.epoch) return 'abort';
  if (now.revision > last.revision) return 'revision';
  // A lower revision explains nothing: that is how a unit is thrown back.
  if (now.revision < last.revision) return 'flip';
  if (asks && (last.attributes === undefined || last.attributes !== now.attributes))
    return 'attributes';
  // What was remembered is too old, or its cookie is gone.
  return isKept(last.reason) && !isKept(now.reason) ? 'memory' : 'flip';
}
