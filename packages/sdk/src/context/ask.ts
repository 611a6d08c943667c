/** `variant('my-service')` and its like, anywhere in a request. They never throw. */
import type { ReleaseName, VariantOf } from './releases.ts';
import { currentContext } from './storage.ts';
import type { KnownDecision } from './types.ts';

const known = (release: string): KnownDecision | undefined =>
  currentContext()?.decisions.get(release);

/**
 * The variant of a release that this request was given. `undefined` where nothing is known of it: outside of a request,
 * or of a release that does not apply. Treat that as stable, or name what you treat as stable: `variant('x', 'v1')`.
 */
export function variant<R extends ReleaseName>(release: R): VariantOf<R> | undefined;
export function variant<R extends ReleaseName>(release: R, otherwise: VariantOf<R>): VariantOf<R>;
export function variant(release: string, otherwise?: string): string | undefined {
  return known(release)?.variant ?? otherwise;
}

/** The variant with its reason, arm, revision and epoch. */
export function decision<R extends ReleaseName>(
  release: R,
): (KnownDecision & { readonly variant: VariantOf<R> }) | undefined;
export function decision(release: string): KnownDecision | undefined {
  return known(release);
}

/** Whether this request is in a variant; false where nothing is known. */
export function isIn<R extends ReleaseName>(release: R, name: VariantOf<R>): boolean;
export function isIn(release: string, name: string): boolean {
  return known(release)?.variant === name;
}
